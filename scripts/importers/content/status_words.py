"""Names of fields that decide publication in other systems, and the words for a status.

Names are as `normalize_name` of `publication` returns them: lower case, without separators and
accents. Words are in lower case. Both are in the languages of the field's most used editors.
"""

from __future__ import annotations

from hub.models import Status

STATUS_NAMES = frozenset(
    (
        *("status", "poststatus", "publishstatus", "publishingstatus", "publicationstatus"),
        *("publishedstatus", "publicationstate", "moderationstate", "workflowstate"),
        *("workflowstatus", "contentstatus", "entrystatus", "creativeworkstatus"),
        *("articlestatus", "pagestatus", "storystatus", "blogstatus", "editorialstatus"),
        *("reviewstatus", "approvalstatus", "livestatus", "sitestatus", "versionstatus"),
    )
)
"""Names of a status: a value that is not known makes a draft."""

STATE_NAMES = frozenset(
    (
        *("state", "stage", "workflow", "workflowstage", "currentstate", "articlestate"),
        *("poststate", "contentstate", "entrystate", "itemstate", "publishing"),
        *("publication", "statut", "estado", "estatus", "stato", "situacao", "zustand", "stav"),
        *("tila", "статус", "状态", "狀態", "ステータス", "公開状態", "상태"),
    )
)
"""Names of a status in some systems, of a place or a step in others: a known word decides."""

TYPE_NAMES = frozenset(("type", "posttype", "contenttype", "kind", "layout", "recordtype"))
"""Names of a kind of record, which in some systems is that of a draft or a revision."""

PUBLIC_FLAGS = frozenset(
    (
        *("published", "ispublished", "publish", "public", "ispublic", "live", "islive"),
        *("dgpublish", "veroffentlicht", "publie", "publiee", "publicado", "publicada"),
        *("pubblicato", "gepubliceerd", "publicerad", "publiceret", "publisert", "opublikowany"),
        *("опубликовано", "公開", "已发布", "已發布"),
    )
)
"""Flags that say whether a text is public: a value that is not known makes a draft."""

NECESSARY_FLAGS = frozenset(
    (
        *("visible", "isvisible", "enabled", "isenabled", "active", "isactive", "approved"),
        *("isapproved", "online", "isonline", "listed", "islisted", "free", "isfree"),
        *("isaccessibleforfree", "readytopublish", "publishready", "released", "isreleased"),
    )
)
"""Flags without which a text is not public, though they alone do not make it so."""

HIDDEN_FLAGS = frozenset(
    (
        *("draft", "isdraft", "private", "isprivate", "hidden", "ishidden", "unlisted"),
        *("isunlisted", "unpublished", "isunpublished", "trashed", "istrashed", "deleted"),
        *("isdeleted", "membersonly", "memberonly", "subscribersonly", "subscriberonly"),
        *("loginrequired", "requireslogin", "requireslogin", "protected", "isprotected"),
        *("restricted", "isrestricted", "restrictedaccess", "confidential", "isconfidential"),
        *("internal", "isinternal", "internalonly", "paid", "ispaid", "paidonly", "paywall"),
        *("paywalled", "ispaywalled", "haspaywall", "premium", "ispremium", "premiumcontent"),
        *("ispremiumcontent", "subscriptionrequired", "requiressubscription", "emailonly"),
        *("entwurf", "brouillon", "borrador", "bozza", "rascunho", "concept", "utkast", "kladde"),
        *("szkic", "черновик", "下書き", "草稿"),
    )
)
"""Flags that hide a text: a value that is not known makes a draft."""

SOFT_HIDDEN_FLAGS = frozenset(
    (
        *("hide", "secret", "issecret", "gated", "isgated", "locked", "islocked", "disabled"),
        *("isdisabled", "offline", "isoffline", "expired", "isexpired", "trash", "spam", "isspam"),
        *("members", "encrypted", "encrypt", "adminonly", "staffonly", "withdrawn", "retracted"),
    )
)
"""Flags that hide a text where their value is known; other values mean other things."""

ARCHIVE_FLAGS = frozenset(("archived", "isarchived"))
REMOVAL_DATES = frozenset(
    ("deletedat", "deletedon", "trashedat", "removedat", "archivedat", "unpublishedon")
)
"""Names of the date on which a text was removed: one that is set hides it."""

AUDIENCE_NAMES = frozenset(
    (
        *("visibility", "audience", "access", "accesslevel", "postvisibility", "postaudience"),
        *("contenttier", "privacy", "privacylevel", "restrictedto", "sitevisibility"),
        *("contentvisibility", "whocansee", "whocanread", "viewableby", "visibleto", "readableby"),
        *("accesstype", "accesscontrol", "sichtbarkeit", "visibilite", "visibilidad"),
        *("visibilita", "visibilidade", "zichtbaarheid", "synlighet", "видимость"),
        *("jetpacknewsletteraccess", "postaccess"),
    )
)
"""Names of those who may read a text: everybody, or else it is a draft."""

RESTRICTION_NAMES = frozenset(
    (
        *("tier", "tiers", "membership", "memberships", "membershiplevel", "memberlevel"),
        *("subscription", "subscriptionlevel", "subscriptiontier", "permission", "permissions"),
        *("allowedroles", "accessroles", "accessgroups", "security", "securitylevel"),
        *("membersaccessrole", "rcpaccesslevel", "rcpsubscriptionlevel", "rcpuserlevel"),
        *("memberaccess", "wpmemblock"),
    )
)
"""Names of what a reader needs; an empty or false value, or "none", restricts nobody."""

PASSWORD_NAMES = frozenset(("password", "postpassword", "passwordprotected"))
EXPIRY_NAMES = frozenset(
    (
        *("expiry", "expirydate", "expires", "expiresat", "expireson", "expirationdate", "expire"),
        *("unpublishat", "unpublishon", "unpublishdate", "unpublishedat", "validuntil"),
        *("visibleuntil", "availableuntil", "publishuntil", "expiredate"),
    )
)
EMBARGO_NAMES = frozenset(
    (
        *("embargo", "embargodate", "embargountil", "embargoeduntil", "goliveat", "golive"),
        *("golivedate", "livefrom", "availablefrom", "visiblefrom", "validfrom", "scheduledat"),
        *("scheduledfor", "scheduledon", "scheduleddate", "publishon", "publishat", "publishfrom"),
    )
)
"""Names of a date before which a text is not public."""

DATE_NAMES = frozenset(
    (
        *("publishedat", "publishedon", "firstpublishedat", "lastpublished", "lastpublishedat"),
        *("lastpublishedon", "publishedversion"),
    )
)
"""Names of a date that systems set at the publication: an empty one is no publication."""

CONTAINERS = frozenset(
    (
        *("meta", "metadata", "sys", "system", "data", "attributes", "fields", "acf", "params"),
        *("customfields", "publication", "publishing", "workflow", "settings", "options", "cms"),
        *("frontmatter", "properties", "extra", "editorial", "postmeta", "pagemeta"),
    )
)
"""Names of members in which systems wrap fields of the record itself."""

INNER_NAMES = ("name", "value", "label", "id", "key", "slug", "title", "code")
"""Members of an object that stands for one value of a list, the likeliest first."""

STATUSES = (
    dict.fromkeys(
        (
            *("published", "publish", "public", "live", "1", "true", "yes", "veröffentlicht"),
            *("publié", "publiée", "publie", "publicado", "publicada", "pubblicato"),
            *("gepubliceerd", "publicerad", "publiceret", "publisert", "opublikowany"),
            *("опубликовано", "公開", "已发布", "已發布"),
        ),
        Status.PUBLISHED,
    )
    | dict.fromkeys(("scheduled", "future", "geplant", "programado", "planifié"), Status.SCHEDULED)
    | dict.fromkeys(("archived", "archive", "archiviert", "archivado", "archivé"), Status.ARCHIVED)
    | dict.fromkeys(
        (
            *("draft", "pending", "private", "hidden", "unlisted", "unpublished", "skip", "trash"),
            *("pending review", "in review", "auto-draft", "modified", "changed", "withdrawn"),
            *("in progress", "not started", "to do", "todo", "idea", "review", "needs review"),
            *("trashed", "deleted", "removed", "revision", "drafts", "internal", "inactive"),
            *("0", "false", "no", "entwurf", "brouillon", "borrador", "bozza", "rascunho"),
            *("concept", "utkast", "kladde", "szkic", "privat", "privé", "privado", "privato"),
            *("черновик", "下書き", "非公開", "草稿"),
        ),
        Status.DRAFT,
    )
)
"""The words for a status whose meaning is known."""

EVERYBODY = frozenset(
    (
        *("public", "everyone", "everybody", "all", "anyone", "free", "open", "published", "live"),
        *("öffentlich", "publique", "público", "pubblico", "openbaar", "offentlig", "公開"),
    )
)
NOBODY_NEEDED = EVERYBODY | {"none", "null", "no", "false", "0", "off", "", "any", "guest"}
"""The words for a restriction that restricts nobody."""

FLAGS = dict.fromkeys(
    (
        *("true", "yes", "on", "1", "1.0", "y", "t", "ja", "oui", "sí", "si", "sì", "sim", "да"),
        *("☑", "✓", "✔", "checked"),
    ),
    True,
) | dict.fromkeys(
    (
        *("false", "no", "off", "0", "0.0", "n", "f", "nein", "non", "não", "nee", "nej", "nei"),
        *("нет", "☐", "unchecked"),
    ),
    False,
)
"""The words for true and false."""
