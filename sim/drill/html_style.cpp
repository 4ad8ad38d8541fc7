#include "sim/drill/html_text.hpp"

namespace hearth::drill {

namespace {

constexpr std::string_view style = R"css(
:root { color-scheme: light dark;
  --page: #f6f5f2; --card: #ffffff; --ink: #1d1c1a; --soft: #625e57; --line: #e3e0d9;
  --fill: #f0eee9; --blue: #2f62c9; --band: #2f62c926; --good: #17713f; --good-fill: #dff3e6;
  --bad: #b3261e; --bad-fill: #fbe4e1; --bad-bar: #d9564c; --amber: #9a5b00; --violet: #7540b8;
  --fault: #b3261e14; --teal: #0b7285; }
@media (prefers-color-scheme: dark) { :root {
  --page: #131416; --card: #1c1e21; --ink: #eceae6; --soft: #a5a29c; --line: #303338;
  --fill: #26292d; --blue: #7ea6ff; --band: #7ea6ff2e; --good: #6fd49a; --good-fill: #143524;
  --bad: #ff8f85; --bad-fill: #43201d; --bad-bar: #e5685d; --amber: #f0b14f; --violet: #c39cff;
  --fault: #ff8f851f; --teal: #55c3d6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { font-size: 34px; line-height: 1.15; margin: 4px 0 8px; letter-spacing: -.02em;
  overflow-wrap: anywhere; }
h2 { font-size: 21px; margin: 44px 0 14px; letter-spacing: -.01em; }
h3 { font-size: 16px; margin: 0; }
p { margin: 0 0 10px; }
.soft { color: var(--soft); }
.eyebrow { color: var(--soft); font-size: 13px; font-weight: 600; letter-spacing: .08em;
  text-transform: uppercase; }
.lead { font-size: 18px; max-width: 74ch; }
header { display: grid; grid-template-columns: 1fr auto; gap: 8px 28px; align-items: start; }
.verdict { text-align: center; padding: 14px 26px; border-radius: 14px; font-size: 26px;
  font-weight: 700; line-height: 1.2; }
.verdict small { display: block; font-size: 14px; font-weight: 500; }
.verdict.good, .pill.good { background: var(--good-fill); color: var(--good); }
.verdict.bad, .pill.bad { background: var(--bad-fill); color: var(--bad); }
.pill { display: inline-block; border-radius: 99px; padding: 1px 11px; font-size: 14px;
  font-weight: 600; white-space: nowrap; }
.pill.plain { background: var(--fill); color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: 10px 32px; margin: 22px 0 0; padding: 16px 0 0;
  border-top: 1px solid var(--line); }
.facts div { min-width: 0; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 18px 20px; min-width: 0; }
.grid { display: grid; gap: 16px; grid-template-columns:
  repeat(auto-fit, minmax(min(100%, 460px), 1fr)); }
.stack { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 13px; font-weight: 600; color: var(--soft); padding: 12px
  14px 8px;
  white-space: nowrap; }
td { padding: 9px 14px; border-top: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { padding-left: 20px; }
th:last-child, td:last-child { padding-right: 20px; }
table.numbers td:not(:first-child) { white-space: nowrap; }
td small { display: block; color: var(--soft); font-size: 13px; }
code, pre { font: 14px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
code { overflow-wrap: anywhere; }
pre { margin: 10px 0 0; padding: 12px 16px; background: var(--fill); border-radius: 10px;
  white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.head { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline;
  justify-content: space-between; margin-bottom: 12px; }
.plot { position: relative; }
.plot svg { display: block; width: 100%; height: 120px; overflow: visible; }
.plot.low svg { height: 96px; }
.goal { position: absolute; top: 0; font-size: 13px; line-height: 1.3; color: var(--ink);
  background: var(--card); padding: 0 5px; border-radius: 4px; white-space: nowrap; }
.goal.left { transform: translateX(calc(-100% - 4px)); } .goal.right { transform: translateX(4px); }
.axis { display: flex; justify-content: space-between; gap: 8px; font-size: 13px;
  color: var(--soft); border-top: 1px solid var(--line); padding-top: 4px; margin-top: 1px;
  font-variant-numeric: tabular-nums; }
.axis.even span { flex: 1; text-align: center; }
.axis.times { display: block; position: relative; height: 26px; white-space: nowrap; }
.axis.times span { position: absolute; transform: translateX(-50%); }
.axis.times .first { transform: none; } .axis.times .last { transform: translateX(-100%); }
.plot.low { padding-right: 62px; }
.y { position: absolute; right: 0; width: 56px; font-size: 13px; color: var(--soft);
  font-variant-numeric: tabular-nums; line-height: 1; }
.y.top { top: 0; } .y.bottom { top: 84px; }
.keys { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 12px 0 0; padding: 0; font-size:
  14px;
  list-style: none; font-variant-numeric: tabular-nums; }
.keys li::before { content: ""; display: inline-block; width: 14px; height: 3px; border-radius: 2px;
  margin-right: 7px; vertical-align: middle; background: var(--key, var(--soft)); }
.k50 { --key: var(--teal); } .k95 { --key: var(--amber); } .k99 { --key: var(--violet); }
.kmax { --key: var(--bad); } .kgoal { --key: var(--ink); } .kmid { --key: var(--blue); }
.keys .kband::before { height: 10px; background: var(--band); }
.keys .kfault::before { height: 10px; background: var(--fault); outline: 1px solid var(--line); }
.mark { stroke: var(--key); stroke-width: 2.5; vector-effect: non-scaling-stroke; }
.goal-line { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4;
  vector-effect: non-scaling-stroke; }
.bar { fill: var(--blue); opacity: .55; } .bar.over { fill: var(--bad-bar); opacity: .8; }
.range { fill: var(--band); } .shade { fill: var(--fault); }
.mid, .odd { fill: none; stroke: var(--blue); stroke-width: 2; vector-effect: non-scaling-stroke;
  stroke-linejoin: round; }
.odd { stroke: var(--bad-bar); stroke-width: 1.5; }
.parts { display: grid; grid-template-columns: repeat(3, auto); gap: 4px 26px; margin: 0;
  font-variant-numeric: tabular-nums; }
.parts dt { font-size: 13px; color: var(--soft); } .parts dd { margin: 0; font-weight: 600; }
.parts .out { color: var(--bad); }
.lane { display: grid; grid-template-columns: 250px minmax(0, 1fr); gap: 4px 18px;
  align-items: center; padding: 6px 0; }
.lane .name { font-size: 14px; line-height: 1.35; overflow-wrap: anywhere; }
.track { position: relative; height: 22px; background: var(--fill); border-radius: 6px;
  overflow: hidden; }
.track i { position: absolute; top: 0; bottom: 0; min-width: 3px; background: var(--bad-bar);
  border-radius: 4px; }
.track i.inject { background: var(--bad-bar); } .track i.detect { background: var(--amber); }
.track i.reroute { background: var(--violet); } .track i.reconnect { background: var(--blue); }
.track i.converge { background: var(--teal); } .track i.rto { background: var(--ink); opacity:
  .75; }
.kinject { --key: var(--bad-bar); } .kdetect { --key: var(--amber); }
.kreroute { --key: var(--violet); } .kreconnect { --key: var(--blue); }
.kconverge { --key: var(--teal); }
.phases .keys { margin: 2px 0 0; } .lane .keys li::before { height: 10px; width: 10px; }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 0; padding: 0; list-style: none; }
.chips li { background: var(--fill); border-radius: 8px; padding: 2px 10px; }
ul.plain { margin: 8px 0 0; padding-left: 20px; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--blue); }
footer { margin-top: 48px; color: var(--soft); font-size: 14px; }
@media (max-width: 720px) {
  main { padding: 24px 16px 48px; } h1 { font-size: 27px; } header { grid-template-columns: 1fr; }
  .verdict { justify-self: start; padding: 10px 18px; font-size: 21px; text-align: left; }
  .card { padding: 15px 16px; } .lane { grid-template-columns: minmax(0, 1fr); }
  .facts { gap: 10px 24px; }
  .scroll { overflow: visible; } thead { position: absolute; left: -9999px; }
  table, tbody, tr, td { display: block; } tr { padding: 10px 16px; border-top: 1px solid
  var(--line); }
  tr:first-child { border-top: 0; }
  td, td:first-child, td:last-child { border: 0; padding: 3px 0; display: grid;
    grid-template-columns: 104px minmax(0, 1fr); gap: 12px; overflow-wrap: anywhere; }
  td::before { content: attr(data-label); color: var(--soft); font-size: 13px; padding-top: 2px; }
  td > * { justify-self: start; } td small { grid-column: 2; }
  table.numbers td:not(:first-child) { white-space: normal; }
}
@media print { body { background: #fff; } .card, .scroll { break-inside: avoid; } }
)css";

}  // namespace

std::string_view report_style() {
  return style;
}

}  // namespace hearth::drill
