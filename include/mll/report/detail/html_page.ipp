// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include "mll/report/detail/html_page.hpp"
#include "mll/report/detail/html_text.hpp"

namespace mll::detail {

// Orange marks nodes that the hub does not know, blue those that it knows: readable without telling red from
// green.
inline constexpr std::string_view html_style = R"(:root{
color-scheme:light dark;
--bg:#fbfbf9;--card:#fff;--ink:#1c2430;--soft:#5d6878;--line:#e3e6ea;--accent:#1f5fae;--track:#e9edf2;--rival:#c9803f;
--s0:#d9642a;--s1:#ee9a5b;--s2:#f6cfa3;--s3:#cfdff0;--s4:#8fb8e3;--s5:#4a87cc;--s6:#1f5a9f}
@media (prefers-color-scheme:dark){:root{
--bg:#12161c;--card:#1a2029;--ink:#e8ecf2;--soft:#9aa6b6;--line:#2c3542;--accent:#7db4f2;--track:#2a323e;--rival:#d99a5f;
--s0:#e0702f;--s1:#b8622f;--s2:#7d5238;--s3:#34495f;--s4:#35659a;--s5:#4b8fd8;--s6:#9ccbff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1180px;margin:0 auto;padding:40px 24px 64px}
header p,.note{color:var(--soft)}
header p{margin:0;max-width:70ch}
.note{font-size:13px;max-width:85ch}
h1{font-size:30px;line-height:1.2;letter-spacing:-.02em;margin:0 0 6px;font-weight:650;overflow-wrap:anywhere}
h2{font-size:19px;letter-spacing:-.01em;margin:44px 0 4px;font-weight:620}
h3{font-size:16px;margin:0;font-weight:620;overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:10px 36px;margin:26px 0 0;padding:0}
.facts div{display:flex;flex-direction:column-reverse}
.facts dt{color:var(--soft);font-size:13px}
.facts dd{margin:0;font-size:26px;font-weight:600;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:14px 0}
.ring>svg{max-width:960px;margin:0 auto}
.split{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 16px;align-items:start}
@media (max-width:760px){.split{grid-template-columns:minmax(0,1fr)}}
svg{display:block;width:100%;height:auto;color:var(--ink)}
svg text{fill:currentColor;font-family:inherit}
.arc{stroke:var(--card);stroke-width:.7}
.arc:hover{opacity:.75}
.in{opacity:.5}
.f0{fill:var(--s0)}.f1{fill:var(--s1)}.f2{fill:var(--s2)}.f3{fill:var(--s3)}.f4{fill:var(--s4)}.f5{fill:var(--s5)}.f6{fill:var(--s6)}
.scale{display:flex;flex-wrap:wrap;gap:4px 12px;list-style:none;margin:12px 0 0;padding:0;font-size:12px;color:var(--soft)}
.scale li{display:flex;align-items:center;gap:6px}
.scale svg{width:12px;height:12px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 6px}
th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:middle}
thead th{color:var(--soft);font-weight:500;font-size:12.5px;white-space:nowrap}
tbody th{font-weight:500;overflow-wrap:anywhere}
tr:last-child td,tr:last-child th{border-bottom:0}
.n{text-align:right}
.bar{min-width:80px;width:22%}
.bar svg{height:10px;width:100%}
.t{fill:var(--track)}.a{fill:var(--accent)}.r{fill:var(--rival)}
.tag{display:inline-block;border-radius:99px;padding:0 9px;font-size:12px;background:var(--track);color:var(--soft)}
.bad{color:var(--s0)}
.id{color:var(--soft);font-size:12.5px}
.gloss{margin:2px 0 0;color:var(--soft);font-size:13.5px}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px;align-items:baseline}
h4{font-size:13px;font-weight:500;color:var(--soft);margin:14px 0 6px}
.shots{display:grid;grid-template-columns:repeat(auto-fill,minmax(118px,1fr));gap:10px}
.shots figure{margin:0}
.shots img{display:block;width:96px;height:96px;object-fit:contain;background:var(--track);border-radius:6px}
.shots figcaption{color:var(--soft);font-size:12px;line-height:1.35;overflow-wrap:anywhere;margin-top:4px}
.line{fill:none;stroke-width:2.5;stroke-linejoin:round}
.axis{stroke:var(--line);stroke-width:1.5}.soft{stroke:var(--soft);stroke-width:1.5}
.curve{stroke:var(--accent)}.dash{stroke:var(--rival);stroke-dasharray:6 5}
details{margin-top:12px}
summary{cursor:pointer;color:var(--accent);font-size:14px}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
footer{margin-top:48px;color:var(--soft);font-size:12.5px}
@media print{.card{break-inside:avoid}}
)";

MLL_DEFINE std::string html_page(std::string_view title, std::string_view body) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta http-equiv=\"Content-Security-Policy\" ";
  out += "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n<title>";
  out += title;
  out += "</title>\n<style>\n";
  out += html_style;
  out += "</style>\n</head>\n<body>\n<main>\n";
  out += body;
  out += "</main>\n</body>\n</html>\n";
  return out;
}

MLL_DEFINE std::string html_scale() {
  constexpr const char* names[] = {"below .6", ".6",  ".7", ".8",
                                   ".9",       ".95", ".99"};  // lower ends of the steps
  std::string out = "<ul class=\"scale\" aria-label=\"Colours: area under the curve, from\">\n";
  for (int step = 0; step < html_steps; ++step) {
    out +=
        "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect width=\"12\" height=\"12\" rx=\"3\" "
        "class=\"f" +
        std::to_string(step) + "\"/></svg>" + names[step] + "</li>\n";
  }
  return out + "</ul>\n";
}

}  // namespace mll::detail
