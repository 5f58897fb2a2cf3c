"""The words of the synthetic corpus: plain data, English as news sites use it."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FUNCTION = _words("""
the of and to in a is that for it was on with as be by at he this from his have not are but they
which an or had you were her she there been their one all we will would more who about has when
its if no out so said what up into than them can only other time new some could these two may
first then do any like my now over such our man me even most made after also did many before
must through years where much your way well down should because each just those people mr how
too little state good very make world still own see men work long get here between both life
being under never day same another know while last might us great old year off come since
against go came right used take three
""")
"""Function words, the most frequent first."""

GENERAL = _words("""
government president official report company according percent million billion week month city
country region national international public private council agency budget decision policy plan
project statement spokesman announcement agreement crisis response pressure leader party support
critics deal talks meeting conference reform law rules tax cost price increase decline rise fall
change impact risk threat warning concern problem solution programme service system network data
study research survey analysis expert professor chief executive chairman board member staff
family children women community local rural urban north south east west european union american
british french german chinese indian japanese african brazil canada australia mexico spain italy
poland turkey israel iran iraq syria egypt nigeria kenya korea vietnam indonesia pakistan london
paris berlin brussels washington beijing tokyo delhi geneva vienna madrid rome warsaw ankara
cairo lagos nairobi seoul sydney toronto january february march april june july august september
october november december monday tuesday wednesday thursday friday saturday sunday quarter
annual daily weekly early late recent former senior deputy joint major minor global domestic
economic political social legal financial industrial environmental historic strong weak sharp
slow rapid significant critical independent federal regional central eastern western northern
southern emergency recovery investment strategy security safety quality access rights freedom
power control authority commission department ministry institute foundation association
organisation partner member target goal result success failure future history culture language
tradition identity generation youth elderly population growth development infrastructure water
land forest river ocean coast island valley village town capital district street bridge building
office factory market shop customer product brand sales profit revenue debt fund grant aid
relief donor charity volunteer protest demonstration riot violence conflict war peace victory
defeat victim survivor witness rescue accident incident attack explosion fire damage injury
death funeral anniversary celebration ceremony award competition winner team player season match
round event ticket crowd fan street photograph video website internet online digital mobile
social account user message letter phone camera screen page story article interview comment
opinion question answer
""")
"""Words of news on any topic."""

_TOPICS = """
world-affairs: diplomacy ambassador embassy summit treaty envoy alliance foreign minister
  bilateral sovereignty negotiations accord consulate geopolitics ceasefire
ukraine: ukraine kyiv sanctions russia moscow frontline missile drone offensive donbas zelensky
  kremlin reconstruction refugees grain invasion
climate: climate carbon emissions warming glacier drought wildfire renewable methane temperature
  biodiversity deforestation mitigation adaptation ecosystem rainfall
energy: energy electricity grid pipeline nuclear solar turbine battery refinery petroleum
  hydrogen reactor utility megawatt wind coal
economy: economy inflation recession growth unemployment wages productivity deficit fiscal
  stimulus consumer spending gdp forecast output demand
banking: bank lender deposit mortgage interest liquidity regulator capital insolvency credit
  bailout treasury yield bond loan collateral
markets: stocks shares index investors trading equities futures volatility dividend portfolio
  rally earnings hedge broker commodity exchange
trade: trade tariff export import customs shipment container surplus quota supply manufacturer
  dumping logistics freight port protectionism
technology: technology software startup smartphone platform device hardware developer chipmaker
  semiconductor encryption server browser interface gadget processor
artificial-intelligence: intelligence algorithm neural model training dataset robot automation
  chatbot inference machine learning prediction benchmark computing researcher
cybersecurity: hacker malware breach ransomware password phishing vulnerability firewall
  espionage intrusion patch botnet credentials exploit disclosure surveillance
science: science laboratory experiment physics particle molecule hypothesis telescope discovery
  quantum chemistry fossil genome microscope protein theory
space: space rocket satellite orbit astronaut lunar launch spacecraft asteroid mission module
  payload gravity planet rover cosmonaut
health: health hospital patient doctor nurse disease clinic treatment diagnosis surgery therapy
  vaccine epidemic infection obesity wellbeing
medicine: medicine drug trial pharmaceutical dosage cancer tumour antibiotic vaccine immunity
  symptom physician prescription placebo oncology insulin
education: education school teacher pupil university student curriculum exam tuition scholarship
  classroom literacy campus graduate lecturer degree
elections: election ballot voter candidate campaign poll constituency turnout parliament
  incumbent coalition referendum manifesto primary landslide recount
parliament: parliament lawmaker legislation amendment senate committee speaker opposition
  cabinet bill debate chamber vote filibuster minister statute
justice: court judge lawsuit verdict prosecutor appeal defendant jury sentence constitution
  testimony tribunal attorney conviction evidence ruling
crime: police arrest murder robbery detective suspect fraud smuggling gang narcotics
  investigation prison homicide burglary kidnapping weapon
defence: defence army navy soldier tank submarine missile brigade general airforce weapon
  artillery squadron deployment radar military
migration: migration migrant asylum border visa refugee deportation citizenship passport
  smuggler camp settlement resettlement diaspora detention crossing
housing: housing rent landlord tenant mortgage apartment construction eviction homeless property
  neighbourhood zoning developer homeowner estate planning
transport: transport railway airline train highway bus passenger traffic airport cyclist tram
  commuter runway station vehicle congestion
aviation: aviation aircraft pilot boeing airbus runway cockpit engine turbulence airline crash
  flight hangar controller altitude cabin
cars: car automaker electric vehicle engine recall motor dealership hybrid diesel charging
  driver assembly autonomous sedan mileage
football: football goal striker league championship midfielder penalty goalkeeper coach transfer
  stadium derby referee defender supporters relegation
tennis: tennis serve grandslam tournament racket wimbledon final doubles backhand forehand seed
  clay volley champion umpire tiebreak
olympics: olympics medal athlete sprint gymnastics swimming marathon relay podium torch record
  doping decathlon hurdles judo rowing
film: film director actor cinema festival screenplay premiere studio oscar documentary sequel
  producer trailer screening hollywood audience
music: music album singer concert guitar orchestra band lyric festival melody opera symphony
  tour vinyl producer jazz
books: novel author publisher fiction poetry bookshop memoir literary chapter manuscript
  translation library essay prize bestseller reader
art: art painting gallery museum sculpture exhibition artist curator canvas auction portrait
  collector fresco installation masterpiece heritage
food: food restaurant recipe chef kitchen vegetable harvest bakery cheese flavour cuisine dinner
  breakfast ingredient menu farmer
travel: travel tourist hotel beach island cruise resort itinerary backpacker passport landmark
  souvenir destination hostel sightseeing mountain
agriculture: agriculture farmer wheat harvest livestock fertiliser tractor irrigation dairy crop
  pesticide orchard soil cattle subsidy grain
media: media newspaper journalist broadcaster editor television podcast newsroom censorship
  publisher headline audience reporter tabloid subscription correspondent
religion: religion church mosque pope bishop temple pilgrimage prayer faith synagogue clergy
  cathedral monastery scripture sermon worship
weather: weather storm hurricane flood rainfall forecast blizzard tornado heatwave thunder
  evacuation landslide cyclone meteorologist snowfall earthquake
labour: labour union strike worker wages picket overtime employer bargaining layoff pension
  redundancy workplace walkout contract apprenticeship
"""
TOPICS = {
    slug: _words(words)
    for slug, _, words in (
        line.partition(": ") for line in _TOPICS.replace("\n  ", " ").split("\n")
    )
    if slug
}
"""Slug of each topic, with its sixteen words, the most frequent first."""

FIRST_NAMES = _words("""
Anna Ben Clara David Elena Farid Grace Hassan Ines Jonas Kavya Liam Maria Nadia Omar Priya
Quentin Rosa Samuel Tara Umberto Vera Wei Ximena Yusuf Zoe Aino Bruno Chidi Dana
""")
LAST_NAMES = _words("""
Abbott Bergström Costa Dubois Eriksen Fischer García Haddad Ivanova Jensen Kowalski Lindqvist
Moreau Nakamura Okafor Petrov Quinn Rossi Schmidt Tanaka Ueda Vargas Weiss Xu Yilmaz Zhou
Almeida Brennan Castellanos Dvořák
""")

# Syllables of the invented words; an empty string adds nothing.
ONSETS = (
    *_words("b br c cl cr d dr f fl g gl gr h j k l m n p pl pr qu r s sc sh sl sp st str t th"),
    *_words("tr v w z"),
    "",
)
NUCLEI = _words("a e i o u ai ea io ou ia ee")
CODAS = ("", "", "", *_words("n r s t l m d ck nd nt rt st x ng sk"))
SUFFIXES = ("", "", "", *_words("s ed ing er ion al ly ment ity ous"))
