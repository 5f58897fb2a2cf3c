#!/usr/bin/env bash
# Real OpenSearch nodes for tests, on this machine alone: no container, no root's privileges, no service.
#
#   run.sh start [NODES]   start that many nodes (1 by default, at most 5) and wait until they answer; prints their URLs
#   run.sh stop [NODE]     stop all nodes, or that one (1, 2, …); its data stays
#   run.sh kill NODE       end one node at once, as a machine that dies
#   run.sh pause NODE      stop it answering without ending it; `run.sh resume NODE` lets it go on
#   run.sh status          what runs; exit 0 when every started node answers
#   run.sh check           exit 0 if there is a JDK that is new enough
#   run.sh clean           stop all and remove the data; what was downloaded stays
#
# Started twice it does nothing more. All it keeps lies in two folders:
#   OPENSEARCH_CACHE  jars and classes   (~/.cache/hub-opensearch)
#   OPENSEARCH_STATE  data, logs, pids   (/tmp/hub-opensearch-UID-PORT)
# and it heeds OPENSEARCH_PORT (9200: HTTP; nodes take the next ones, and those 10 above to talk to each other),
# OPENSEARCH_HEAP (512m each), OPENSEARCH_SECONDS (300: how long to wait), JAVA_HOME (21 or newer).
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PORT=${OPENSEARCH_PORT:-9200}
HEAP=${OPENSEARCH_HEAP:-512m}
SECONDS_TO_WAIT=${OPENSEARCH_SECONDS:-300}
CACHE=${OPENSEARCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hub-opensearch}
STATE=${OPENSEARCH_STATE:-${TMPDIR:-/tmp}/hub-opensearch-$(id -u)-$PORT}
MOST_NODES=5

fail() {
    echo "run.sh: $*" >&2
    exit 1
}

java_home() {
    local home version
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        [[ -x $home/bin/javac ]] || continue
        version=$("$home/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p;' | head -1)
        if ((${version:-0} >= 21)); then
            echo "$home"
            return
        fi
    done
    fail "no JDK 21 or newer in JAVA_HOME or /usr/lib/jvm"
}

# The jars and the class, made once for this pom.xml and Node.java; prints their folder.
prepared() {
    local java=$1 name target work
    name=$(cat "$HERE/pom.xml" "$HERE/Node.java" | sha256sum | cut -c1-12)
    target=$CACHE/$name
    if [[ ! -d $target ]]; then
        command -v mvn >/dev/null || fail "mvn is not installed"
        mkdir -p "$CACHE"
        work=$(mktemp -d "$CACHE/.new-XXXXXX")
        cp "$HERE/pom.xml" "$work"
        (cd "$work" && mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib) \
            >"$work/mvn.log" 2>&1 || { cat "$work/mvn.log" >&2 && fail "the jars cannot be had"; }
        "$java/bin/javac" -nowarn -d "$work/classes" -cp "$work/lib/*" "$HERE/Node.java" 2>"$work/javac.log" ||
            { cat "$work/javac.log" >&2 && fail "Node.java cannot be compiled"; }
        "$java/bin/jar" --create --file "$work/lib/node.jar" -C "$work/classes" . # classes are shared from jars only
        mv -T "$work" "$target" 2>/dev/null || rm -rf "$work" # another one was first
    fi
    echo "$target"
}

pid_of() {
    local pid
    pid=$(cat "$STATE/node-$1/pid" 2>/dev/null) || return 1
    grep -qsF "$STATE/node-$1" "/proc/$pid/cmdline" || return 1
    echo "$pid"
}

url_of() {
    echo "http://127.0.0.1:$((PORT + $1 - 1))"
}

answers() {
    curl -sf -m 2 -o /dev/null "$(url_of "$1")/$2"
}

launch() {
    local java=$1 ready=$2 node=$3 nodes=$4 home=$STATE/node-$3 hosts="" names="" each
    for ((each = 1; each <= nodes; each++)); do
        hosts+=,127.0.0.1:$((PORT + 10 + each - 1))
        names+=,node-$each
    done
    mkdir -p "$home/config" "$home/logs"
    cat >"$home/config/opensearch.yml" <<YML
cluster.name: hub-tests-$PORT
node.name: node-$node
path.data: $home/data
path.logs: $home/logs
path.repo: $STATE/snapshots
network.host: 127.0.0.1
http.port: $((PORT + node - 1))
transport.port: $((PORT + 10 + node - 1))
discovery.seed_hosts: [${hosts#,}]
cluster.initial_cluster_manager_nodes: [${names#,}]
cluster.routing.allocation.disk.threshold_enabled: false
YML
    cat >"$home/config/log4j2.properties" <<'LOG'
status = error
appender.file.type = File
appender.file.name = file
appender.file.append = false
appender.file.fileName = ${sys:opensearch.logs.base_path}${sys:file.separator}node.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
LOG
    local shared=("-XX:SharedArchiveFile=$ready/node.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:aot=off)
    if ((node == 1)); then # as it stops, it leaves its loaded classes for quicker starts
        shared+=(-XX:+AutoCreateSharedArchive)
    elif [[ ! -f $ready/node.jsa ]]; then
        shared=()
    fi
    setsid "$java/bin/java" "-Xms$HEAP" "-Xmx$HEAP" -XX:+UseSerialGC \
        -XX:+ExitOnOutOfMemoryError "${shared[@]}" --enable-native-access=ALL-UNNAMED \
        --add-modules jdk.incubator.vector -Dopensearch.networkaddress.cache.ttl=60 -Djava.io.tmpdir="$home" \
        -cp "$ready/lib/*" Node "$home" >"$home/logs/output.log" 2>&1 9>&- </dev/null &
    echo $! >"$home/pid"
}

start() {
    local nodes=$1 node java ready until
    [[ $nodes =~ ^[1-$MOST_NODES]$ ]] || fail "from 1 to $MOST_NODES nodes"
    java=$(java_home)
    ready=$(prepared "$java")
    mkdir -p "$STATE"
    if [[ $(cat "$STATE/nodes" 2>/dev/null) != "$nodes" ]]; then # a cluster of another size is another cluster
        stop_all
        rm -rf "$STATE"/node-* "$STATE/snapshots"
        echo "$nodes" >"$STATE/nodes"
    fi
    for ((node = 1; node <= nodes; node++)); do
        pid_of "$node" >/dev/null || launch "$java" "$ready" "$node" "$nodes"
    done
    until=$((SECONDS + SECONDS_TO_WAIT))
    for ((node = 1; node <= nodes; node++)); do
        until answers "$node" "_cluster/health?wait_for_nodes=$nodes&wait_for_no_initializing_shards=true&timeout=1s"; do
            if ! pid_of "$node" >/dev/null || ((SECONDS > until)); then
                tail -n 30 "$STATE/node-$node/logs/output.log" "$STATE/node-$node/logs/node.log" >&2 || true
                fail "node $node did not come up"
            fi
            sleep 0.3
        done
    done
    for ((node = 1; node <= nodes; node++)); do url_of "$node"; done
}

end() {
    local pid signal=$2 wait
    pid=$(pid_of "$1") || return 0
    kill -CONT "$pid" 2>/dev/null || true
    kill "-$signal" "$pid" 2>/dev/null || true
    for ((wait = 0; wait < 300; wait++)); do
        pid_of "$1" >/dev/null || break
        sleep 0.1
    done
    pid_of "$1" >/dev/null && kill -KILL "$pid"
    rm -f "$STATE/node-$1/pid"
}

stop_all() {
    local node running=()
    for ((node = MOST_NODES; node >= 1; node--)); do
        end "$node" TERM &
        running+=($!)
    done
    wait "${running[@]}"
}

status() {
    local node nodes well=0 pid memory
    nodes=$(cat "$STATE/nodes" 2>/dev/null) || { echo "not started" && return 1; }
    for ((node = 1; node <= nodes; node++)); do
        if ! pid=$(pid_of "$node"); then
            echo "node-$node $(url_of "$node") stopped" && well=1
            continue
        fi
        memory=$(awk '/^VmRSS/ {print int($2 / 1024)}' "/proc/$pid/status")
        if answers "$node" ""; then
            echo "node-$node $(url_of "$node") answers, pid $pid, $memory MB"
        else
            echo "node-$node $(url_of "$node") does not answer, pid $pid, $memory MB" && well=1
        fi
    done
    return $well
}

one() {
    [[ ${1:-} =~ ^[1-$MOST_NODES]$ ]] || fail "which node? (1 to $MOST_NODES)"
    pid_of "$1" || fail "node $1 is not running"
}

one_at_a_time() {
    mkdir -p "$CACHE"
    exec 9>"$CACHE/lock-$PORT"
    flock 9
}

case ${1:-} in
    start) one_at_a_time && start "${2:-1}" ;;
    stop) one_at_a_time && if [[ -n ${2:-} ]]; then one "$2" >/dev/null && end "$2" TERM; else stop_all; fi ;;
    kill) one "${2:-}" >/dev/null && end "$2" KILL ;;
    pause) kill -STOP "$(one "${2:-}")" ;;
    resume) kill -CONT "$(one "${2:-}")" ;;
    status) status ;;
    check) java_home >/dev/null ;;
    clean) one_at_a_time && stop_all && rm -rf "$STATE" ;;
    *) sed -n '2,/^set -e/p' "${BASH_SOURCE[0]}" | sed -n 's/^# \{0,1\}//p' && exit 2 ;;
esac
