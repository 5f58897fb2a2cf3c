"""Words for times, by language: a template a phrase, separated by commas.

`{n}` is a number, `{unit}` a day, week, month or year, in any of the inflections that are listed.
Months and numbers are in their order, from 1; words for one of them are separated by a bar. Accents
and case do not count. To add a language, add a block: all lines are required.
"""

from __future__ import annotations

WORDINGS = {
    "en": """
today: today
yesterday: yesterday
latest: latest, newest, most recent
this: this {unit}, current {unit}
last: last {unit}, past {unit}, previous {unit}
past: last {n} {unit}, past {n} {unit}
ago: {n} {unit} ago
since: since
before: before, until
day: day|days
week: week|weeks
month: month|months
year: year|years
numbers: a|an|one, two, three, four, five, six
months: january|jan, february|feb, march|mar, april|apr, may, june|jun, july|jul, august|aug,
 september|sep|sept, october|oct, november|nov, december|dec
""",
    "de": """
today: heute
yesterday: gestern
latest: neueste, neuester, neuestes, neuesten, aktuellste, aktuellsten, allerneueste
this: diese {unit}, dieser {unit}, diesen {unit}, diesem {unit}, dieses {unit}
last: letzte {unit}, letzter {unit}, letzten {unit}, letztem {unit}, letztes {unit},
 vergangene {unit}, vergangener {unit}, vergangenen {unit}, vergangenes {unit}, vorige {unit},
 voriger {unit}, vorigen {unit}, voriges {unit}
past: letzte {n} {unit}, letzten {n} {unit}, vergangenen {n} {unit}
ago: vor {n} {unit}
since: seit
before: vor, bis
day: tag|tage|tagen|tages
week: woche|wochen
month: monat|monate|monaten|monats
year: jahr|jahre|jahren|jahres
numbers: ein|eine|einem|einer|einen, zwei, drei, vier, fünf, sechs
months: januar|jan|jänner, februar|feb, märz, april|apr, mai, juni|jun, juli|jul, august|aug,
 september|sep|sept, oktober|okt, november|nov, dezember|dez
""",
    "fr": """
today: aujourd'hui
yesterday: hier
latest: plus récent, plus récents, plus récente, plus récentes, dernières nouvelles
this: ce {unit}, cette {unit}, cet {unit}
last: {unit} dernier, {unit} dernière, {unit} passé, {unit} passée
past: derniers {n} {unit}, dernières {n} {unit}, {n} derniers {unit}, {n} dernières {unit}
ago: il y a {n} {unit}
since: depuis
before: avant, jusqu'en, jusqu'à
day: jour|jours
week: semaine|semaines
month: mois
year: an|ans|année|années
numbers: un|une, deux, trois, quatre, cinq, six
months: janvier|janv, février|févr, mars, avril, mai, juin, juillet|juil, août, septembre|sept,
 octobre|oct, novembre|nov, décembre|déc
""",
    "es": """
today: hoy
yesterday: ayer
latest: más reciente, más recientes, últimas noticias
this: este {unit}, esta {unit}
last: {unit} pasado, {unit} pasada, último {unit}, última {unit}
past: últimos {n} {unit}, últimas {n} {unit}
ago: hace {n} {unit}
since: desde
before: antes de, hasta
day: día|días
week: semana|semanas
month: mes|meses
year: año|años
numbers: un|una|uno, dos, tres, cuatro, cinco, seis
months: enero|ene, febrero|feb, marzo|mar, abril|abr, mayo, junio|jun, julio|jul, agosto|ago,
 septiembre|setiembre|sep, octubre|oct, noviembre|nov, diciembre|dic
""",
    "it": """
today: oggi
yesterday: ieri
latest: più recente, più recenti, ultime notizie
this: questo {unit}, questa {unit}
last: {unit} scorso, {unit} scorsa, scorso {unit}, scorsa {unit}, ultimo {unit}, ultima {unit}
past: ultimi {n} {unit}, ultime {n} {unit}
ago: {n} {unit} fa
since: dal, da
before: prima del, prima di, fino al
day: giorno|giorni
week: settimana|settimane
month: mese|mesi
year: anno|anni
numbers: un|una|uno, due, tre, quattro, cinque, sei
months: gennaio|gen, febbraio|feb, marzo|mar, aprile|apr, maggio|mag, giugno|giu, luglio|lug,
 agosto|ago, settembre|set, ottobre|ott, novembre|nov, dicembre|dic
""",
    "pt": """
today: hoje
yesterday: ontem
latest: mais recente, mais recentes, últimas notícias
this: este {unit}, esta {unit}, neste {unit}, nesta {unit}
last: {unit} passado, {unit} passada, último {unit}, última {unit}
past: últimos {n} {unit}, últimas {n} {unit}
ago: há {n} {unit}, {n} {unit} atrás
since: desde
before: antes de, até
day: dia|dias
week: semana|semanas
month: mês|meses
year: ano|anos
numbers: um|uma, dois|duas, três, quatro, cinco, seis
months: janeiro|jan, fevereiro|fev, março|mar, abril|abr, maio, junho|jun, julho|jul, agosto|ago,
 setembro|set, outubro|out, novembro|nov, dezembro|dez
""",
    "nl": """
today: vandaag
yesterday: gisteren
latest: nieuwste, meest recente, laatste nieuws
this: deze {unit}, dit {unit}
last: vorige {unit}, vorig {unit}, afgelopen {unit}, laatste {unit}
past: afgelopen {n} {unit}, laatste {n} {unit}
ago: {n} {unit} geleden
since: sinds, vanaf
before: voor, vóór, tot
day: dag|dagen
week: week|weken
month: maand|maanden
year: jaar|jaren
numbers: een|één, twee, drie, vier, vijf, zes
months: januari|jan, februari|feb, maart|mrt, april|apr, mei, juni|jun, juli|jul, augustus|aug,
 september|sep, oktober|okt, november|nov, december|dec
""",
    "sv": """
today: idag, i dag
yesterday: igår, i går
latest: senaste, nyaste
this: denna {unit}, den här {unit}, detta {unit}
last: förra {unit}, senaste {unit}
past: senaste {n} {unit}, de senaste {n} {unit}
ago: för {n} {unit} sedan, {n} {unit} sedan
since: sedan
before: före, innan, till
day: dag|dagen|dagar|dagarna
week: vecka|veckan|veckor|veckorna
month: månad|månaden|månader|månaderna
year: år|året|åren
numbers: en|ett, två, tre, fyra, fem, sex
months: januari|jan, februari|feb, mars, april|apr, maj, juni|jun, juli|jul, augusti|aug,
 september|sep, oktober|okt, november|nov, december|dec
""",
    "da": """
today: i dag, idag
yesterday: i går, igår
latest: seneste, nyeste
this: denne {unit}, dette {unit}
last: sidste {unit}, forrige {unit}
past: sidste {n} {unit}, seneste {n} {unit}
ago: for {n} {unit} siden, {n} {unit} siden
since: siden
before: før, inden
day: dag|dage|dagen
week: uge|uger|ugen
month: måned|måneder|måneden
year: år|året
numbers: en|et, to, tre, fire, fem, seks
months: januar|jan, februar|feb, marts, april|apr, maj, juni|jun, juli|jul, august|aug,
 september|sep, oktober|okt, november|nov, december|dec
""",
    "no": """
today: i dag, idag
yesterday: i går, igår
latest: siste nytt, nyeste, seneste
this: denne {unit}, dette {unit}
last: forrige {unit}, sist {unit}, siste {unit}
past: siste {n} {unit}, de siste {n} {unit}
ago: for {n} {unit} siden, {n} {unit} siden
since: siden
before: før, innen
day: dag|dager|dagen
week: uke|uker|uken|uka
month: måned|måneder|måneden
year: år|året
numbers: en|ett|et, to, tre, fire, fem, seks
months: januar|jan, februar|feb, mars, april|apr, mai, juni|jun, juli|jul, august|aug,
 september|sep, oktober|okt, november|nov, desember|des
""",
    "pl": """
today: dziś, dzisiaj
yesterday: wczoraj
latest: najnowsze, najnowszy, najnowsza
this: ten {unit}, tym {unit}, w tym {unit}, tego {unit}
last: zeszły {unit}, zeszłym {unit}, zeszłego {unit}, ostatni {unit}, ostatnim {unit},
 poprzedni {unit}, ubiegły {unit}, ubiegłym {unit}
past: ostatnie {n} {unit}, ostatnich {n} {unit}
ago: {n} {unit} temu, {unit} temu
since: od
before: przed, do
day: dzień|dni|dnia|dniu
week: tydzień|tygodnie|tygodni|tygodnia|tygodniu
month: miesiąc|miesiące|miesięcy|miesiąca|miesiącu
year: rok|lata|lat|roku
numbers: jeden, dwa, trzy, cztery, pięć, sześć
months: styczeń|stycznia, luty|lutego, marzec|marca, kwiecień|kwietnia, maj|maja, czerwiec|czerwca,
 lipiec|lipca, sierpień|sierpnia, wrzesień|września, październik|października,
 listopad|listopada, grudzień|grudnia
""",
    "cs": """
today: dnes
yesterday: včera
latest: nejnovější
this: tento {unit}, tomto {unit}, tohoto {unit}
last: minulý {unit}, minulém {unit}, minulého {unit}, poslední {unit}
past: poslední {n} {unit}, posledních {n} {unit}
ago: před {n} {unit}, před {unit}
since: od
before: před, do
day: den|dny|dní|dnech
week: týden|týdny|týdnů|týdnem|týdnu
month: měsíc|měsíce|měsíců|měsíci|měsícem
year: rok|roky|let|lety|roce|roku|rokem
numbers: jeden|jedním, dva|dvěma|dvě, tři|třemi, čtyři|čtyřmi, pět|pěti, šest|šesti
months: leden|ledna, únor|února, březen|března, duben|dubna, květen|května, červen|června,
 červenec|července, srpen|srpna, září, říjen|října, listopad|listopadu, prosinec|prosince
""",
    "ru": """
today: сегодня
yesterday: вчера
latest: последние новости, новейшие, свежие
this: этот {unit}, эта {unit}, этой {unit}, этом {unit}, эту {unit}
last: прошлый {unit}, прошлая {unit}, прошлой {unit}, прошлом {unit}, прошлую {unit},
 последний {unit}, последнюю {unit}
past: последние {n} {unit}, последних {n} {unit}
ago: {n} {unit} назад, {unit} назад
since: с
before: до
day: день|дня|дней|дни
week: неделя|неделю|недели|недель|неделе
month: месяц|месяца|месяцев|месяце
year: год|года|лет|году
numbers: один|одну, два|две, три, четыре, пять, шесть
months: январь|января, февраль|февраля, март|марта, апрель|апреля, май|мая, июнь|июня, июль|июля,
 август|августа, сентябрь|сентября, октябрь|октября, ноябрь|ноября, декабрь|декабря
""",
    "tr": """
today: bugün
yesterday: dün
latest: en yeni, en son, son dakika
this: bu {unit}
last: geçen {unit}, geçtiğimiz {unit}, son {unit}
past: son {n} {unit}, geçen {n} {unit}
ago: {n} {unit} önce
since: beri
before: önce
day: gün
week: hafta
month: ay
year: yıl|sene
numbers: bir, iki, üç, dört, beş, altı
months: ocak, şubat, mart, nisan, mayıs, haziran, temmuz, ağustos, eylül, ekim, kasım, aralık
""",
    "fi": """
today: tänään
yesterday: eilen
latest: uusin, uusimmat, viimeisimmät, tuoreimmat, tuorein
this: tämä {unit}, tällä {unit}, tässä {unit}, tänä {unit}, tämän {unit}
last: viime {unit}, viimeinen {unit}, edellinen {unit}, edellisellä {unit}, edellisenä {unit}
past: viimeiset {n} {unit}, viimeisen {n} {unit}, viime {n} {unit}
ago: {n} {unit} sitten, {unit} sitten
since: alkaen
before: ennen
day: päivä|päivää|päivän|päivänä|päivät
week: viikko|viikkoa|viikon|viikolla|viikot
month: kuukausi|kuukautta|kuukauden|kuussa|kuukautena|kuukaudet
year: vuosi|vuotta|vuoden|vuonna|vuodet
numbers: yksi|yhden, kaksi|kahden, kolme|kolmen, neljä|neljän, viisi|viiden, kuusi|kuuden
months: tammikuu|tammikuussa|tammikuun, helmikuu|helmikuussa|helmikuun,
 maaliskuu|maaliskuussa|maaliskuun, huhtikuu|huhtikuussa|huhtikuun,
 toukokuu|toukokuussa|toukokuun, kesäkuu|kesäkuussa|kesäkuun, heinäkuu|heinäkuussa|heinäkuun,
 elokuu|elokuussa|elokuun, syyskuu|syyskuussa|syyskuun, lokakuu|lokakuussa|lokakuun,
 marraskuu|marraskuussa|marraskuun, joulukuu|joulukuussa|joulukuun
""",
    "uk": """
today: сьогодні
yesterday: вчора, учора
latest: останні новини, найновіші, найновіша, свіжі
this: цей {unit}, ця {unit}, цього {unit}, цьому {unit}, цю {unit}
last: минулий {unit}, минула {unit}, минулого {unit}, минулому {unit}, минулу {unit},
 останній {unit}
past: останні {n} {unit}, останніх {n} {unit}
ago: {n} {unit} тому, {unit} тому
since: з, від
before: до
day: день|дня|днів|дні
week: тиждень|тижня|тижнів|тижні
month: місяць|місяця|місяців|місяці
year: рік|року|років|роки|році
numbers: один|одну, два|дві, три, чотири, п'ять, шість
months: січень|січня|січні, лютий|лютого|лютому, березень|березня|березні, квітень|квітня|квітні,
 травень|травня|травні, червень|червня|червні, липень|липня|липні, серпень|серпня|серпні,
 вересень|вересня|вересні, жовтень|жовтня|жовтні, листопад|листопада|листопаді,
 грудень|грудня|грудні
""",
    "ar": """
today: اليوم
yesterday: أمس, البارحة
latest: آخر الأخبار, أحدث, الأحدث
this: هذا {unit}, هذه {unit}
last: {unit} الماضي, {unit} الماضية, {unit} السابق, {unit} السابقة
past: آخر {n} {unit}
ago: قبل {n} {unit}, قبل {unit}, منذ {n} {unit}
since: منذ
before: قبل, حتى
day: يوم|أيام|يوما|اليوم
week: أسبوع|أسابيع|الأسبوع|أسبوعا
month: شهر|أشهر|شهور|الشهر|شهرا
year: سنة|سنوات|السنة|عام|أعوام|العام
numbers: واحد|واحدة, اثنان|اثنين, ثلاثة|ثلاث, أربعة|أربع, خمسة|خمس, ستة|ست
months: يناير, فبراير, مارس, أبريل|إبريل, مايو, يونيو, يوليو, أغسطس, سبتمبر, أكتوبر, نوفمبر, ديسمبر
""",
    "he": """
today: היום
yesterday: אתמול
latest: אחרונות, החדש ביותר, החדשות ביותר
this: {unit} הזה, {unit} הזאת, {unit} הזו
last: {unit} שעבר, {unit} שעברה, {unit} האחרון, {unit} האחרונה
past: ב {n} {unit} האחרונים, {n} {unit} האחרונים, {n} {unit} האחרונות
ago: לפני {n} {unit}, לפני {unit}
since: מאז, החל מ
before: לפני, עד
day: יום|ימים|הימים|היום
week: שבוע|שבועות|השבוע|בשבוע
month: חודש|חודשים|החודש|בחודש
year: שנה|שנים|השנה|בשנה
numbers: אחד|אחת, שני|שתי|שניים|שתיים, שלושה|שלוש, ארבעה|ארבע, חמישה|חמש, שישה|שש
months: ינואר|בינואר, פברואר|בפברואר, מרץ|במרץ, אפריל|באפריל, מאי|במאי, יוני|ביוני, יולי|ביולי,
 אוגוסט|באוגוסט, ספטמבר|בספטמבר, אוקטובר|באוקטובר, נובמבר|בנובמבר, דצמבר|בדצמבר
""",
}
