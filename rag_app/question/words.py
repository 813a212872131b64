"""Words that a company may be called, and that mostly mean something else. Lower case."""

LEGAL = frozenset(
    "inc incorporated corp corporation co company companies plc ltd limited llc lp llp sa ag nv se ab asa "
    "spa gmbh kgaa oyj trust com de mn new".split()
)
"""What stands behind a name and is left out when it is spoken."""

TRADES = frozenset(
    "pharmaceutical pharmaceuticals financial bancorp bancshares technologies technology systems group "
    "holding holdings international industries motor motors computer laboratories therapeutics "
    "communications enterprises stores platforms semiconductor semiconductors biosciences software "
    "networks entertainment worldwide global brands foods wholesale energy resources".split()
)
"""Trades: "Medicis" says "Medicis Pharmaceutical"; "Louisville" says no "Louisville Gas and Electric"."""

PLACES = frozenset(
    "united states new york jersey mexico hampshire orleans south north east west carolina dakota virginia "
    "san francisco diego jose antonio los angeles las vegas hong kong puerto rico rhode island great britain "
    "latin central america american asia europe saudi arabia middle first".split()
)
"""Two of these make a place, which many names begin with."""

COMMON = frozenset(
    """a about above after again ai air all also america american americas amid an and angeles annual any app
    april are area as asia assets at atlantic august auto automotive balance ball bank banks based basic be
    best better between big bill black block blue board book brand brands brazil bright british build
    building business buy by cabot california can canada capital car care carolina cash cat center central
    ceo cfo change chase chief china citizens city class clean clear clearly cloud co coast cola com
    commercial common companies company compare compute computer consumer core corp cost costs country credit
    crown customer customers dakota dash data date day debt december deere delta did digital direct discover
    discovery dollar domestic dow dynamics eagle early earnings east eastern ebit ebitda edge edison electric
    element emerging encompass energy engine enterprise eps equity esg estate europe european event every
    evolution exact expand express extra fair family farm fast february federal fidelity finance financial
    first fiscal five flex floor focus food for ford forward four france free fresh friday from frontier fund
    fy gaap game gaming gap gas general germany global go gold golden good google graphic great green gross
    group growth guidance had hard has have he health her high his hold home hong host hour house how human
    if image impact in income india industrial industries inflation information ingredients innovation insight
    instruments insurance interest international into investor ipo is island it item its january japan jersey
    july june just kansas key kong korea labor land las last late latest leader lease legal less level life
    light line liquid liquidity live loan long look loop los loss low machines main major make march margin
    market marketing markets mass match materials matters may me media medical medicare medicaid meta mexico
    micro mid million mills minerals minor mobile model modern monday money more most motor motors mr much my
    nation national natural net network new news next no non north northern note november now nyse oat
    october of off office oil old on one online open operating operations or oracle origin other our out
    outlook over own pacific page paper park part path patent pay peak people percent performance period
    perfect pharma phone pinnacle pioneer plan plant platform play plug point pool post power premier
    premium price prime principal pro product products profit progressive prologis property public puerto
    pure quality quarter ranch range rate rapid rbc re ready real realty red region regions relative report
    republic research resource resources restaurant retail revenue rhode rico right rise risk river road roe
    roi roic royal run russia safe salesforce sales san santa sec second section sector secure security see
    select semiconductor senior september service services seven shape share shareholder she shell shop
    should show sign signature silver simple simply six sky small snap snow so solar solid source south
    southern space spectrum spirit spot square staff standard star state statement states stay steel stock
    store stores story strategy street strong summit sun sunday supply support sustainability switch system
    systems table target tax team tech technology tell term texas than that the their them then these they
    third this three thursday time to top total toward trade travel tree true trust tuesday two u uk union
    unit united universal up upstart urban us usa use utilities value vector vegas very via victory video
    virginia virtual visa vision vital voya wanted was wash washington waste water wave way we web wednesday
    week well wells west western what when where which while white who whole why wide will wireless wise with
    visa alphabet caterpillar carnival carrier mosaic monster marathon arch bath coherent align dover fortune
    fox globe everest genuine paramount paragon packaging pulse ross snowflake tapestry travelers vulcan xylem
    zebra waters regency prudential genius harmony hope compass beacon anchor landmark liberty independence
    heritage legacy nucleus catalyst momentum progress reliance guardian sentinel trinity unity matrix apex
    zenith horizon aurora titan atlas mercury
    work workday world would x year yen yes york you young your zone zoom
    """.split()
)
"""A name made of these alone is one only where its capitals say so, and never half of a longer one."""
