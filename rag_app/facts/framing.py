"""Words by which people ask, and that pick no figure: verbs of telling and standing, courtesy, small words.

A word that narrows a figure is not here (adjusted, organic, average, new, domestic, before, without ...),
nor is a noun that a product may be called. Unlike `FRAME`'s, these have to be asked where a label has them.
"""

from __future__ import annotations

from rag_app.facts.terms import words_of

_TELLING = """
advise answer appear appeared appearing ask asked asking brief check checked cite cited clarify confirm
confirmed denote describe described detail determine dig digging disclosed discloses disclosing discover
display displayed documented establish exhibit exhibited extract fetch fetched file filed forget gather
gave gimme give gives giving grab hand handed hear identify indicate indicated inform know knowing
known learn list listed listing locate look looked looking lookup mention mentioned name named noted
obtain obtained presented printed pull pulled pulling put quantify question quote quoted read
reading recall recap refresh register registered remember remind reminder repeat reporting represent
represented request requested reveal revealed saw say saying says see seeing seek seen
send shared sharing show showed showing shows specify spell spot submit suggest summarize
talk tally tell telling tells verify view walk write wrote
"""
_BEING = """
account accounted amounted amounting applied applies apply arrive arrived attach
attached attribute attributed attributing became become been being belong belonged book booking bore
brought came carried carries carrying clocked come comes coming comprise comprised consisted contribute
contributed deliver delivered did earmarked ended entered equal equaled equalled exist
existed found generated generating get gets getting gone got gotten had happen happened have
having incur incurred incurring kept laid land landed lay lie lies logged made maintain makes making
paying post posted produced ran realise realised realized recognise
recognised recognize recognized recognizes recorded recording relate related relating remained running sat
seat seemed serve sit sits sitting spelled stand standing stands stayed takes taking
tallied tied took totaled totaling totalled totalling used uses using utilised utilized went worked worth
wound yield yielded
"""
_SMALL = """
about across actual actually again against ahead all along also although altogether am amid among any
anybody anyone anything anyway apiece apparently approximately around as aside away basically because but
clearly correctly currently directly easily either enough especially essentially even ever exact exactly
finally fully generally her here hers herself him himself his how however if indeed instead into
just maybe might must myself namely nothing of officially oh ok okay on once onto or our
ours ourselves out outright overall perhaps possibly precise precisely presumably probably
quite rather really respectively roughly shall she should simple simply so some somebody someone
something specifically still straight such sure than that their theirs them themselves then there
therefore thing things through throughout thus to too toward towards truly ultimately upon usually
very via was we well were whatever when where whereas whether which while who whoever whole whom whose why
will within would yes yet you your yours
"""
_COURTESY = """
afternoon appreciate appreciated assist bother chance cheers colleague concerned concerning curious
evening favor favour glad grateful guess hello helpful hey hi honest honestly hope hoping hurry idea
interested interesting keen kindly let likes moment morning need needed needing needs nice please pleased
pls plz possible quick quickly ready regard regarding regards relevant sorry sought suppose swift swiftly
thank thanks thx try trying understand understanding urgent urgently wanna want wanted wanting wants
welcome wish wonder wondered wondering
"""
_WHERE = """
above accordance accounting below bottom caption column context corresponding data dataset disclosure
document entry excerpt filing filings financials footnote heading headline included includes including
info information item itemised itemized label line memo page particular passage per piece record
report respective said schedule sheet source specific specified stated statement statements tab table
tabled tagged text titled
"""
ASKING = frozenset(
    term
    for words in (_TELLING, _BEING, _SMALL, _COURTESY, _WHERE)
    for word in words.split()
    for term in words_of(word)
)
"""As `terms_of` gives them."""
