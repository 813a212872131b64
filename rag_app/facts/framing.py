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
account accounted achieve achieved achieves achieving amass amassed amounted amounting applied applies apply
arrive arrived attach attached attain attained attribute attributed attributing banked became become been
being belong belonged bill book booking bore bring brought burdened came carried carries carrying chalk
chalked classified classify clock clocked clocking clocks collect collected collecting collects come comes
coming comprise comprised consisted contribute contributed cough coughed deliver delivered deploy deployed
devote devoted devotes did earmarked ended enjoy enjoyed entered equal equaled equalled exist
existed experience experienced fare fared fork forked forking forks found garner garnered generated
generating get gets getting going gone got gotten had happen happened haul hauled have having incur incurred
incurring keep keeping keeps kept laid land landed lavish lavished lay lie lies log logged logs made
maintain makes making manage managed managing notch notched notches paying pile piled plough ploughed
ploughing ploughs plow plowed plowing plows pocket pocketed pockets post posted pour poured pouring pours
produced pump pumped pumping pumps rack racked racks rake raked rakes raking ran realise realised
realized reap reaped recognise recognised recognize recognized recognizes recorded recording relate related
relating remained run running runs sank sat seat seemed serve shell shelled shelling shells
sink sinking sinks sit sits sitting spelled splash splashed splashing squirrel stand standing stands stash
stayed stump stumped suffer suffered sunk sustain sustained takes taking tallied threw throw throwing thrown
throws tied took tot totaled totaling totalled totalling tote totted undertake undertaken undertook used
uses using utilised utilized went worked worth wound yield yielded
"""
_SMALL = """
about across actual actually again against ahead all along also although altogether am amid among any
anybody anyhow anyone anything anyway anyways apiece apparently approximately around as aside away back
basically because believe believed btw but cannot cant clearly correctly currently directly doesnt dont
easily effectively either enough especially essentially even ever exact exactly finally folks fully fyi
generally grand guys hefty her here hers herself him himself his how however huge if indeed instead into
isnt just massive mate maybe mere might money must myself namely nothing of officially oh ok okay on once
onto or our ours ourselves out outrageous outright overall perhaps possibly precise precisely presumably
probably quite rather really respectively roughly shall she sheer should simple simply so some somebody
someone something specifically staggering still straight such sure team than that their theirs them
themselves then there therefore thing things through throughout thus to too toward towards truly ultimately
upon usually very via was wasnt we well were whatever when where whereas whether which while who whoever
whole whom whopping whose why wide will within wont would yes yet you your yours
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
sign above accordance accounting article below bottom caption chart column committee context
corresponding data dataset disclosure document entry excerpt fact filing filings financials footnote
heading headline included includes including info information item itemised itemized label line
memo page particular passage per piece record report respective
said schedule sheet signed source specific specified stated statement statements story tab table tabled
tagged text titled
"""
ASKING = frozenset(
    term
    for words in (_TELLING, _BEING, _SMALL, _COURTESY, _WHERE)
    for word in words.split()
    for term in words_of(word)
)
"""As `terms_of` gives them."""
