"""Text of Quavrelle Pharmaceuticals, Inc. (invented): specialty medicines, with a June year-end."""

from __future__ import annotations

from . import xqvr_notes
from .filing import Filing
from .form10k import parts
from .ixbrl import Company, Style
from .xqvr_figures import CONCEPTS, DATES, MEMBERS, model

CO = Company(
    name="Quavrelle Pharmaceuticals, Inc.",
    ticker="XQVR",
    cik="0009935627",
    exchange="The Nasdaq Stock Market LLC",
    exchange_code="NASDAQ",
    state="Delaware",
    ein="00-9935627",
    street="900 Periwinkle Park Drive",
    city="Wexcombe Falls",
    state_code="North Carolina",
    zip="27999",
    area="919",
    phone="555-0119",
    par="Common Stock, $0.0001 par value",
    year_end="--06-30",
    scale=6,
    dec=1,
    model=model(),
    concepts=CONCEPTS,
    members=MEMBERS,
    dates=DATES,
    filer="Large Accelerated Filer",
    style=Style(
        font="font-family:'Arial',sans-serif;font-size:10pt",
        shade="#e6f2ff",
        header="toc",
        footer="page",
        item="upper",
        page_break='<div style="page-break-after:always"></div>',
        page_words=400,
        note="{n}. {title}",
    ),
)

BUSINESS = """
In this report "Quavrelle", "we" and "us" mean Quavrelle Pharmaceuticals, Inc. and its subsidiaries. Our fiscal year ends on June 30; "fiscal {fy}" means the
year ended {end}. Statements about clinical trials, approvals, exclusivity, gross-to-net deductions and expected cash needs are forward-looking and are
qualified by Item 1A.

## Overview

We develop and sell medicines for rare disorders of hormones and of the surface of the eye. <<Three products are on the market: Tazquelia for adults with
hypoparathyroidism, Ombrexin for a severe allergic eye disease of children, and Pexaldine, an older seizure medicine that now faces a generic.|Four products are
on the market: Tazquelia for adults with hypoparathyroidism, Ombrexin for a severe allergic eye disease of children, Ostrevane for corneal crystals in
cystinosis, which we acquired in February 2024, and Pexaldine, an older seizure medicine that has two generic competitors.>> We were formed in 2008 around a
peptide-chemistry laboratory in Wexcombe Falls, North Carolina, and report a single segment.

## Marketed products

### Tazquelia (velparatide) injection

Tazquelia is a long-acting peptide injected once a week. It lets adults whose parathyroid glands fail, most often after neck surgery, keep blood calcium normal
without large doses of calcium and active vitamin D. It was approved in the United States in October 2019 with orphan exclusivity to October 2026. About 68,000
adults in the United States have the chronic form, and we estimate that <<8,900|11,300>> were treated with Tazquelia at year-end. <<In May 2023 we submitted an
application for a prefilled autoinjector; today patients must mix powder and liquid in nine steps.|The autoinjector was approved on March 8, 2024 and was used by
44% of patients at year-end; it replaces a kit that had to be mixed in nine steps.>> Net sales were {rev.taz}, or {rev.taz/rev%} of total revenue.

### Ombrexin (lodicyclate) ophthalmic emulsion

Ombrexin treats vernal keratoconjunctivitis, an inflammation that can scar the cornea and occurs chiefly in boys between five and fifteen. Two drops a day are given
through the season of attacks. It came to us with Solvane Ocular in 2020 and was launched in April 2021. <<Fiscal 2023 was the first year in which all three of the
largest pharmacy benefit managers covered it.|In November 2023 the label was widened to children from two years of age.>> Net sales were {rev.omb}. The former holders
of Solvane are entitled to milestone payments described in Note {note:fair}.

@24 ### Ostrevane (cysteamide) eye drops

@24 Ostrevane dissolves cystine crystals in the cornea. About 600 people in the United States have cystinosis, and some 390 of them use the product. We bought the United
States rights on February 15, 2024 from Halvorsen Orphan AB for {acq_int} and pay a royalty of 9% of net sales. Net sales since then were {rev.ost}. The drops must be
kept frozen until dispensed; we intend to submit a room-temperature form in fiscal 2026.

### Pexaldine (clorimazam) oral suspension

Pexaldine is given to children with a rare epilepsy. The last patent expired in September 2022. <<A first generic entered on November 14, 2022, and by June it had 38%
of prescriptions.|A second generic entered on January 22, 2024, and by June the two had 71% of prescriptions.>> Net sales were {rev.pex}, against {rev.pex@p} in fiscal {fy-1}.
We no longer promote it.

## Research and development

%G Candidate | Use | Stage at {end} | Next event
QV-118 | Tazquelia in adolescents | Phase 3 | <<Enrollment complete by December 2023|Top-line data in December 2024>>
QV-305 | Oral small molecule, hypoparathyroidism | <<Phase 1|Phase 2>> | <<Phase 2 start in early 2024|Interim data in mid-2025>>
QV-227 | Ombrexin single-use vial without preservative | <<Formulation|Submitted>> | <<Submission in fiscal 2024|FDA action date January 30, 2025>>
QV-412 | Ocular graft-versus-host disease | <<Preclinical|Stopped>> | <<Trial application in 2024|None>>

QV-305 is a tablet that acts on the same receptor as Tazquelia. <<In the Phase 1 trial, sixty healthy volunteers took up to 40 milligrams a day; blood calcium rose in
proportion to dose, and two volunteers at the highest dose had palpitations.|The Phase 2 trial, called LARKRISE, compares three doses with placebo in 144 adults at
thirty-six hospitals and had enrolled 81 of them at year-end. Doses above 25 milligrams were left out because of the palpitations seen in Phase 1.>> <<|We stopped QV-412
in October 2023, after a toxicity study in rabbits showed thinning of the cornea, and wrote off $1.4 million of supplies.>> Research and development expense was {rd}, or
{rd/rev%} of revenue.

## Sales, customers and patient support

Our <<131|148>> representatives call on about 3,400 endocrinologists and 2,100 corneal and pediatric eye specialists. We sell to wholesalers and specialty pharmacies. Three
of them accounted for most gross sales: Meridrug Wholesale {pct_w1}, Capstane Health {pct_w2} and Union Apothecary {pct_w3}. Wholesalers held about <<19|17>> days of
stock at year-end. Our support center in Wexcombe Falls, called QuavCare, helps patients with insurance and injection training; on average a Tazquelia patient receives the
first dose <<31|24>> days after the prescription is written.

## Manufacturing

We make the Tazquelia peptide at our own plant in Wexcombe Falls; filling and freeze-drying are done by Brenmoor Fill-Finish GmbH in Linz, Austria, the only approved site.
<<The autoinjector is assembled by a contractor in Ohio.|The autoinjector is assembled by a contractor in Ohio, which has two lines with a combined capacity of 1.1 million
units a year.>> Ombrexin is made by a contractor in Spain. <<An FDA inspection of Wexcombe Falls in February 2023 ended with seven observations, the most serious about the
investigation of out-of-limit test results; we answered within fifteen working days.|The seven FDA observations of February 2023 were closed after a re-inspection in
December 2023, which ended with one minor observation.>> We hold at least nine months of bulk peptide in two cities.

## Patents and exclusivity

Tazquelia is covered by patents on the peptide (to June 2031) and on its depot formulation (to April 2036)<<.|, and the autoinjector by a device patent to 2041.>> Ombrexin
is covered by emulsion patents to 2034. <<No generic application naming Tazquelia has been notified to us.|In December 2023 Grubstreet Generics notified us of an application
for a generic of Tazquelia; see Item 3.>> Orphan exclusivity for Ombrexin ends in April 2028.

## Competition

A daily parathyroid hormone made by a larger company was withdrawn from the United States market in <<2022 because of rubber particles in its cartridges, and we
believe that about 1,700 of its former patients changed to Tazquelia|2022, and about 1,700 of its patients came to us; that one-time gain will not recur. Another
company's once-daily prodrug was approved in Europe in November 2023 and may be approved in the United States in fiscal 2025>>. Ombrexin competes with cyclosporine
drops and with steroids, which are cheap but raise eye pressure.

## Government regulation and pricing

Our products need approval by the Food and Drug Administration and are subject to post-marketing reporting. We take part in Medicaid, the 340B program and Medicare. Under the
Inflation Reduction Act we owe rebates when prices rise faster than inflation. <<We raised the list price of Tazquelia by 5.0% in January 2023.|We raised the list price of
Tazquelia by 3.5% in January 2024, and from January 2025 we will bear part of the cost of drugs in Medicare's catastrophic phase, which we expect to cost $6 million to
$8 million a year.>> Because Tazquelia has a single orphan use, it is at present excluded from negotiation of its Medicare price; a second use could end that exclusion.

## Employees

We had {n_emp} employees at {end}, of whom <<164|187>> worked in research and development, <<118|126>> in manufacturing and quality, and <<207|228>> in commercial and other
functions. Nobody is covered by a collective agreement. Voluntary turnover was <<9.8%|7.9%>>. Women held <<46%|48%>> of positions at director level and above.
"""

RISKS = """
An investment in our stock carries a high degree of risk. You should weigh the following factors, any of which could cause a serious loss.

## Risks of our products

### We depend on Tazquelia.

Tazquelia provided {rev.taz/rev%} of revenue in fiscal {fy}, and the share is growing. Anything that harmed it, such as a new safety finding, a supply failure, a better rival
or a lost patent, would harm us as a whole. Its label carries a warning about bone tumors in rats. <<A required study of 2,500 patients over ten years has enrolled 1,140 of
them.|The required ten-year study has enrolled 1,690 of 2,500 patients; one case of osteosarcoma was reported in January 2024 in a patient who had earlier received
radiation, and an independent board judged it unrelated.>>

### Generic competition for Pexaldine has reduced and will go on reducing our revenue.

<<In the seven months after the first generic appeared, monthly Pexaldine prescriptions fell by 41%. A second generic is likely, since another company has tentative
approval.|Two generics have cut Pexaldine sales by almost half in two years. We recorded an impairment of {imp} of its product rights in the third quarter of fiscal 2024, and
$6.2 million of carrying amount remains.>> We may be left with stock that expires before it can be sold.

### New forms of our products may not be approved or accepted.

<<The autoinjector uses a needle that is finer than that of the present kit, and the FDA may ask for a trial of its handling by patients with cramped hands, which is common
in this disease.|Of patients who changed to the autoinjector, 3.1% went back to the kit, most often because of stinging.>> QV-227 depends on an emulsion that stays stable without
preservative for twenty-four months, of which <<twelve|twenty-one>> have been shown.

### Clinical trials may fail or be late.

The adolescent trial QV-118 takes place at hospitals in nine countries. <<Six of its twenty-eight sites were in Ukraine and Russia and have been closed, which delayed enrollment
by about eight months.|Enrollment ended in February 2024 with 62 patients instead of the planned 70, which reduces its power to show an effect from 90% to 86%.>> QV-305 could prove
unsafe for the heart.

## Risks of pricing and payment

### Rebates and discounts take a large part of gross sales.

Deductions were {ded/gsales%} of gross product sales in fiscal {fy} and {ded@p/gsales@p%} in fiscal {fy-1}. <<One of the large pharmacy benefit managers has told us that from January 2024 it will ask
for a rebate of 38% to keep Ombrexin on its preferred list.|To stay on the preferred list of a large pharmacy benefit manager we agreed to a rebate of 34% on Ombrexin from January
2024.>> Medicaid patients are <<19%|21%>> of Ombrexin users, and on those units we earn almost nothing.

### The 340B program may grow further.

Hospitals and their contract pharmacies buy at discounts of more than half. In {fy} such purchases were <<14%|17%>> of Tazquelia units. <<Since March 2023 we deliver to one contract
pharmacy for each hospital; four states have passed laws against such limits.|Eight states now forbid our policy of one contract pharmacy for each hospital; in June 2024 we sued one of
them, Louisiana, together with two other companies.>>

### Customers are few.

Three wholesalers make almost all our sales, and they owed us <<86%|88%>> of receivables at year-end. If one failed we could lose several weeks of revenue. <<|In February 2024 an attack on a
claims clearing-house, not ours, stopped co-pay assistance for sixteen days, and we shipped about 700 free doses so that patients would not be interrupted.>>

## Risks of manufacturing

### One site fills all our Tazquelia.

The Brenmoor plant in Linz lies near the Danube and was closed for eleven days by flooding in 2013. <<We have chosen a second filler, in Indiana, but transfer will take until fiscal
2026.|Transfer to a second filler in Indiana is under way: three batches were filled in May 2024, and we expect approval in the first half of fiscal 2026.>> In fiscal {fy} we discarded
<<two|one>> of <<twenty-three|twenty-nine>> batches because of <<cloudy vials|a power cut during freeze-drying>>, at a cost of <<$2.6 million|$1.5 million>>.

### Regulators may find fault with our plants.

<<If our answers to the observations of February 2023 do not satisfy the FDA, it may send a warning letter and hold back approval of the autoinjector, which names Wexcombe Falls as a
site.|The inspection findings of 2023 have been closed, but the new peptide building, for which we spent $14.8 million in fiscal 2024, must be inspected before use.>>

## Legal and organizational risks

### Our patents may be found invalid, and generics may come early.

<<Formulation patents like ours are often challenged. From October 2023 a generic company may file an application for Tazquelia, and we expect at least one.|Grubstreet Generics says that both
Tazquelia patents are invalid or not infringed. A loss at the trial set for May 2025 could open the market as early as October 2026, ten years before the formulation patent expires.>>

### We are the subject of a government inquiry.

<<In August 2022 we received a subpoena from the United States Attorney in Boston about our donations to charities that pay co-payments of epilepsy patients.|The Boston inquiry into our charity
donations was settled in May 2024 for $9.5 million and a five-year integrity agreement, breach of which could exclude us from federal health programs.>>

### A breach of patient data or a cyber attack could be costly.

QuavCare holds the records of <<19,600|26,400>> patients. <<In September 2022 an employee of a mailing contractor sent 212 letters to wrong addresses; we informed those concerned and the
authorities.|In April 2024 an attacker who had tricked an employee into approving a sign-in read the mailbox of a QuavCare nurse for two days; 431 patients were informed.>> An attack that stopped
the plant's control system could spoil a batch worth about $1.5 million.

### Acquisitions and milestones may disappoint.

<<We owe the former holders of Solvane up to $45.0 million more if Ombrexin reaches certain sales, and we may buy further products.|We bought Ostrevane in February 2024 for {acq_int}. A rival
room-temperature drop could make it obsolete before the ten years over which we amortize it.>>

### Our notes may dilute holders or need to be repaid in cash.

Holders may convert our $150.0 million of 1.75% notes due March 2028 at $41.60 a share. <<The stock has not closed above that price.|In June 2024 the stock closed above that price for the first time;
if it stays 30% above it, holders may convert before maturity.>>
"""

MIDDLE = {
    "1B": "None.",
    "1C": """
@23 Disclosure under this Item is not yet required for fiscal years that end before December 15, 2023. We describe risks to our information systems in Item 1A.

@24 Responsibility for cybersecurity lies with the Vice President of Information Security, who reports to the Chief Financial Officer and has worked for twenty years in regulated industries, nine
of them in drug making. The Audit Committee hears from her at each regular meeting and without other managers present once a year.

@24 We assess risk with a catalog of forty-one scenarios, of which six concern the peptide plant. Plant controls sit behind one-way gateways, so that batch data may leave but commands may not enter.
Employees receive a test message each month; the share who clicked fell from 6.2% in July 2023 to 2.4% in June 2024. After the mailbox incident of April 2024 we replaced sign-in approvals by telephone
with physical keys for everyone who can see patient records.

@24 Contractors that hold patient data, of which there are eleven, are assessed before they start and every second year. We hold insurance of $15.0 million. No threat of which we know, the incident of
April 2024 included, has had or is reasonably likely to have a material effect on us.
""",
    "2": """
%G Site | Use | Square feet | Tenure
Wexcombe Falls, North Carolina | Head office, laboratories and peptide plant | 148,000 | Owned
Wexcombe Falls, North Carolina | <<Building 4, under construction|Building 4, second peptide line>> | 36,000 | Owned
Dunmarrow, Massachusetts | Eye research | <<22,500|22,500>> | Leased to 2028
Zug, Switzerland | European regulatory office | <<3,100|4,400>> | Leased to <<2025|2029>>

Building 4 is to double our peptide capacity to 96 kilograms a year. <<Ground was broken in April 2023, and the whole cost is expected to be $38 million.|Its shell was finished in March 2024;
$26.3 million of an expected $41 million had been spent at year-end, and first use is planned for calendar 2025.>>
""",
    "3": """
@23 In August 2022 the United States Attorney for the District of Massachusetts sent us a subpoena about donations made between 2016 and 2020 to two charities that help epilepsy patients with co-payments. We
are cooperating. We cannot estimate a loss and have accrued nothing.

@23 On January 18, 2023 a shareholder filed a proposed class action in the Middle District of North Carolina. It says that we misled investors about the date of the first Pexaldine generic. We have asked
the court to dismiss it.

@24 On December 11, 2023 Grubstreet Generics, LLC notified us that it had asked the FDA to approve a generic of Tazquelia and that it considers our 2031 and 2036 patents invalid or not infringed. We
sued on January 19, 2024 in the District of Delaware, so that approval is stayed until June 2026 unless the court decides earlier. Trial is set for May 2025.

@24 In May 2024 we settled the inquiry of the United States Attorney in Boston about donations to charities, without admission of fault, for $9.5 million, which was paid in June. We also entered into a
five-year corporate integrity agreement with the Office of Inspector General.

@24 The shareholder suit about the Pexaldine generic was dismissed on October 30, 2023. The plaintiff's appeal was argued in May 2024 and has not been decided.

We are party to employment and contract disputes that we do not think material.
""",
    "4": "Not applicable.",
    "5": """
Our stock trades on The Nasdaq Global Select Market under the symbol XQVR. On <<August 11, 2023|August 9, 2024>> there were <<164|151>> holders of record, not counting those who hold through brokers. We have
never paid a cash dividend and do not plan to. <<We bought back no stock in fiscal 2023.|In October 2023 the board authorized purchases of up to $75.0 million of stock; in fiscal 2024 we bought 714,000 shares
for {buyback}, none of them in the fourth quarter.>>

An investment of $100 in our stock on June 30, <<2018 would have been worth $171 on June 30, 2023, against $152 in an index of small drug companies|2019 would have been worth $206 on June 30, 2024, against
$139 in an index of small drug companies>>.
""",
    "6": "",
}

MDNA = """
This discussion compares fiscal {fy} with fiscal {fy-1}. Tables are in millions of dollars.

## Summary of the year

<<Tazquelia gained patients whom a withdrawn rival had left without treatment, Ombrexin won insurance cover, and together they more than replaced the sales that Pexaldine lost to its first generic. We became
clearly profitable and ended the year with {liquid} of cash and marketable securities.|The Tazquelia autoinjector was approved and launched, Ombrexin passed $100 million, and Ostrevane joined the portfolio.
Against this stood an impairment of Pexaldine, the settlement of the Boston inquiry and a higher estimate of what we owe for Ombrexin. We ended the year with {liquid} of cash and marketable securities and no term
loan.>>

c: (in millions, except percentages)

%T c p $ %; notag
Tazquelia | rev.taz
Ombrexin | rev.omb
Pexaldine | rev.pex
Ostrevane | rev.ost
Royalties | rev.roy
[t]Total revenue | rev
Cost of sales | cogs
Research and development | rd
Selling, general and administrative | sga
Amortization of product rights | amort
Impairment of product rights | imp
Change in contingent consideration | ccchg
[t]Operating income | opinc
Income before taxes | pretax
Income taxes | tax
[T]Net income | ni

## Revenue

Total revenue {rev^} to {rev}. Tazquelia {rev.taz^}: <<volume gave 27 points of the increase and net price 6|volume gave 24 points of the increase and net price 3, and wholesalers added about $4 million of
autoinjector stock in the last quarter>>. Ombrexin {rev.omb^}, as <<cover by the third large pharmacy benefit manager began in October 2022|treatment of children from two to four years of age began and patients stayed on
treatment for 5.6 months instead of 4.9, in spite of the higher rebate>>. Pexaldine {rev.pex^}. Royalties of {rev.roy} came from <<a partner's sales of Tazquelia in Japan|a partner's sales of Tazquelia in Japan and, for the
first time, in South Korea>>.

Gross product sales and the deductions from them were:

%T c p; notag
Gross product sales | gsales
Government and commercial rebates | ded_reb
Chargebacks and discounts | ded_chg
Product returns | ded_ret
Distribution fees and co-pay assistance | ded_fee
[t]Total deductions | ded
Deductions as a percentage of gross sales | ded/gsales%
[T]Net product sales | rev.prod

<<Deductions rose as a share of gross sales because Ombrexin was sold through more insurers.|Deductions rose in dollars but fell slightly as a share, because Pexaldine, which bears the highest Medicaid rebates, lost weight.>>

## Costs and expenses

Cost of sales was {cogs/rev%} of revenue ({cogs@p/rev@p%} in fiscal {fy-1}). <<It included $2.6 million for two discarded batches.|It included $1.5 million for a discarded batch and the first royalties on Ostrevane; the autoinjector
costs about $11 more to make than the kit.>>

Research and development by program was:

%T c p; notag
Tazquelia and QV-118 | rd.taz
QV-305 oral | rd.oral
Ophthalmic programs | rd.eye
Unallocated, with depreciation and stock compensation | rd.oth
[T]Total research and development | rd

Spending on QV-305 {rd.oral^} <<because of the Phase 1 trial and the synthesis of 40 kilograms of active substance|with the start of the LARKRISE trial in January 2024>>. Spending on ophthalmic programs {rd.eye^}
<<because the pediatric Ombrexin trial was completed in August 2022|because QV-412 was stopped>>.

Selling, general and administrative expense {sga^} to {sga}, reflecting <<thirteen more representatives, $3.8 million for answering the subpoena, and television advertising to patients in six cities, since ended|the settlement of
$9.5 million, seventeen more representatives and $4.4 million of patent litigation cost, offset by the end of television advertising>>.

<<The liability for Solvane milestones was reduced by $3.4 million because we moved back the date at which we expected Ombrexin to reach yearly sales of $150 million.|The liability for Solvane milestones was increased by {ccchg}
because Ombrexin reached $100 million of yearly sales a year sooner than assumed and is now expected to reach $150 million in fiscal 2026.>> <<|The impairment of {imp} reduced the Pexaldine rights to their fair value after the second
generic entered.>>

Interest income rose to {intinc} from {intinc@p} with <<rates and balances|balances and a yield of 5.1%>>. Interest expense was {intexp}; <<the term loan bore 8.4% at year-end|we repaid the remaining {repay} of term loan in
December 2023>>. The effective tax rate was {tax/pretax%}, compared with {tax@p/pretax@p%}; <<in both years orphan-drug and research credits held it below the statutory rate|the settlement and part of the contingent consideration are not deductible>>.

## Liquidity and capital resources

%T c p
Cash and cash equivalents | cash
Marketable securities | mkt
[T]Total cash and marketable securities | liquid

%T c p; notag
Net cash provided by operating activities | cfo
Net cash used in investing activities | cfi
Net cash provided by (used in) financing activities | cff

Operating activities provided {cfo}, compared with {cfo@p} in fiscal {fy-1}, chiefly because of <<higher net income|higher net income and the timing of Medicaid rebates, which are paid about five months after sale>>. Investing activities
included {capex} of capital expenditures<<, half of them for Building 4| and {acq_int} for Ostrevane>>. <<We paid {ccpaid} to the former holders of Solvane when Ombrexin first exceeded $50 million of yearly sales.|We paid
{ccpaid} to the former holders of Solvane when Ombrexin first exceeded $100 million of yearly sales, repaid {repay} of debt and bought back stock for {buyback}.>>

We believe that our cash and securities will meet our needs for at least twelve months and, on present plans, until QV-305 could be approved. <<In fiscal 2024 we expect capital expenditures of $20 million to $24 million.|In fiscal 2025 we expect
capital expenditures of $18 million to $22 million, of which $15 million is for Building 4.>> Contracts with Brenmoor oblige us to buy at least <<twenty|twenty-four>> batches a year until 2027, or about <<$17 million|$21 million>> a year.

## Critical accounting estimates

### Rebates and returns

Medicaid and commercial rebates are the most difficult estimate, since bills arrive late and the mix of insurers changes. The accrual was {reb} at {end}. If the share of Medicaid patients in Ombrexin sales of the last two quarters were one
point higher than assumed, revenue would have been lower by <<$0.9 million|$1.3 million>>. Changes in estimates of earlier years <<raised revenue by $1.7 million|lowered revenue by $0.6 million>>.

### Contingent consideration

The Solvane liability of {cc} is measured with a simulation that uses a discount rate of <<9.5%|9.0%>> and sales volatility of <<31%|28%>>. If Ombrexin sales were ten percent higher in each year the liability would rise by about <<$3.9 million|$2.8
million>>.

### Product rights

@23 We did not record an impairment in fiscal 2023. For Pexaldine, undiscounted cash flows exceeded the carrying amount of $25.9 million by 19%. A second generic in fiscal 2024 would probably lead to an impairment.

@24 The fair value of Pexaldine rights was estimated at $7.1 million on January 31, 2024 from discounted cash flows over four years at 11%. Undiscounted cash flows of Ombrexin and Ostrevane exceed their carrying amounts by wide margins.
"""

MARKET = """
Our marketable securities have an average maturity of <<ten|eleven>> months; a rise of one percentage point in rates would lower their fair value by about <<$1.0 million|$1.4 million>>. The convertible notes bear a fixed rate. <<The term loan
bears a variable rate, and one percentage point would change yearly interest by $0.5 million.|Since December 2023 we have had no variable-rate debt.>> We pay Brenmoor and our Spanish contractor in euros, about <<€27 million|€33 million>> a
year, and cover half of the next twelve months with forward contracts. Inflation has affected us mainly through wages and freight.
"""

CONTROLS = """
Our Chief Executive Officer and Chief Financial Officer concluded that our disclosure controls and procedures were effective as of {end}. Management assessed internal control over financial reporting by the COSO framework of 2013 and concluded
that it was effective<<. A significant deficiency found in fiscal 2022 in the review of chargeback claims was remedied by December 2022.|. Controls over the Ostrevane royalty were added in the third quarter; the acquisition was of assets
and did not need to be left out.>> Penhallow Kite & Co. LLP has audited our internal control. No change in the last quarter materially affected it.
"""

OTHER_INFO = """
<<Not applicable.|On June 5, 2024 Dr. Ignatius Bellweather, our Chief Medical Officer, adopted a Rule 10b5-1 plan covering the sale of 42,000 shares to be received on the vesting of stock units through September 2025. No other director
or officer adopted or ended such a plan in the quarter.>>
"""

PROXY = "This information will be contained in our proxy statement for the {fy} annual meeting, to be filed within 120 days of year-end, and is incorporated by reference."

EXHIBITS = """
(a) Financial statements: see the index in Item 8. (b) Exhibits:

%G Exhibit | Description
2.1 | Merger agreement with Solvane Ocular, Inc., dated March 3, 2020
4.3 | Indenture for the 1.75% Convertible Senior Notes due 2028
10.6 | Supply agreement with Brenmoor Fill-Finish GmbH (portions omitted)
10.11+ | 2018 Equity Plan
<<10.14|10.19>> | <<License agreement for Tazquelia in Japan|Asset purchase agreement with Halvorsen Orphan AB (portions omitted)>>
21 | Subsidiaries
23 | Consent of Penhallow Kite & Co. LLP
31.1, 31.2 | Certifications under Section 302
32 | Certifications under Section 906

i: + Compensatory plan.
"""

SIGNATURES = """
Pursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934, the registrant has duly caused this report to be signed on its behalf by the undersigned, thereunto duly authorized.

%G Signature | Capacity | Date
/s/ Rosalind Quavrelle-Tang | President, Chief Executive Officer and Director | <<August 24, 2023|August 22, 2024>>
/s/ Barnaby Echevarria-Lund | Chief Financial Officer | <<August 24, 2023|August 22, 2024>>
/s/ Hesper Montclair | Chair of the Board | <<August 24, 2023|August 22, 2024>>
"""

PARTS = parts(
    {
        "1": BUSINESS,
        "1A": RISKS,
        "1B": MIDDLE["1B"],
        "1C": MIDDLE["1C"],
        "2": MIDDLE["2"],
        "3": MIDDLE["3"],
        "4": MIDDLE["4"],
        "5": MIDDLE["5"],
        "6": MIDDLE["6"],
        "7": MDNA,
        "7A": MARKET,
        "8": xqvr_notes.STATEMENTS + xqvr_notes.NOTES,
        "9A": CONTROLS,
        "9B": OTHER_INFO,
        "9C": "Not applicable.",
        "15": EXHIBITS,
        "": SIGNATURES,
        "proxy": PROXY,
    },
)


def annual(year: int) -> Filing:
    """The 10-K of a fiscal year ended June 30."""
    c, p = str(year), str(year - 1)
    top = "Year Ended June 30,"
    return Filing(
        co=CO,
        form="10-K",
        fy=year,
        focus="FY",
        variant=year - 2023,
        parts=PARTS,
        alias={"c": c, "p": p, "i": c, "ip": p, "mid": f"{year}mid"},
        heads={"c": (top, c), "p": (top, p), "i": ("June 30,", c), "ip": ("June 30,", p)},
        cover_date="2023-08-11" if year == 2023 else "2024-08-09",
        shares=62_480_117 if year == 2023 else 62_994_630,
        public_float=17_412 if year == 2023 else 22_067,
    )


def filings() -> list[Filing]:
    """Two annual reports."""
    return [annual(2023), annual(2024)]
