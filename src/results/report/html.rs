//! The report as one page of HTML that needs no other file and no network.

use std::fmt::Write as _;

use super::{
    contents::{DOUBTS, Report, ReportComponent, ReportFigure, ReportTable, SETUP, SWEPT, Unfinished},
    experimental_setup::{ExperimentalSetup, Part},
    inline,
};
use crate::results::{figure::style::dark_rules, stylesheet};
use crate::store::layout;
use crate::text::html as escape;

/// The script by which tables are sorted and arms opened; the page is whole without it.
const SCRIPT: &str = include_str!("page.js");
/// The page's policy: its own style and script, its own fonts, and nothing from anywhere else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; img-src data:";

/// A table of more rows than these is folded.
const UNFOLDED: usize = 12;

pub(super) fn write(report: &Report) -> String {
    let name = escape(&report.name);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name} · longlag</title>\n\
         <style>\n{}{}</style>\n</head>\n<body>\n<header>\n<h1>{name}</h1>\n",
        stylesheet::with_typeface(),
        dark_rules(report.figures.iter().map(|figure| figure.svg.as_str())),
    );
    if let Some(Unfinished { text, drawn, lasts }) = &report.unfinished {
        // The script loads the page again, until it has not been drawn for too long.
        let _ = writeln!(
            page,
            "<p class=\"unfinished\" role=\"status\" data-drawn=\"{}\" data-lasts=\"{lasts}\">{}</p>",
            escape(drawn),
            escape(text)
        );
    }
    if !report.about.is_empty() {
        let _ = writeln!(page, "<p class=\"about\">{}</p>", escape(&report.about));
    }
    page.push_str("</header>\n");
    contents(&mut page, report);
    page.push_str("<main>\n");
    setup(&mut page, &report.setup, &report.components);
    if let Some(claims) = &report.claims {
        section(&mut page, claims, false);
    }
    if !report.doubts.is_empty() {
        let _ = writeln!(
            page,
            "<section class=\"doubts\" aria-labelledby=\"doubts\">\n<h2 id=\"doubts\">{DOUBTS}</h2>\n<ul>"
        );
        for doubt in &report.doubts {
            let _ = writeln!(page, "<li>{}</li>", escape(doubt));
        }
        page.push_str("</ul>\n</section>\n");
    }
    for (index, figure) in report.figures.iter().enumerate() {
        self::figure(&mut page, &figure_id(index), figure);
    }
    for table in &report.tables {
        section(&mut page, table, table.rows > UNFOLDED);
    }
    if !report.components.is_empty() {
        page.push_str(
            "<section class=\"components\" aria-labelledby=\"components\">\n<h2 id=\"components\">Components</h2>\n",
        );
        for ReportComponent { kind, name, html, .. } in &report.components {
            let (kind, name) = (escape(kind), escape(name));
            let _ = writeln!(page, "<details>\n<summary>{name} ({kind})</summary>\n{}\n</details>", html.trim_end());
        }
        page.push_str("</section>\n");
    }
    if !report.commands.is_empty() {
        let lines: Vec<String> = report.commands.iter().map(|command| escape(command)).collect();
        let lines = lines.join("\n");
        let _ = writeln!(
            page,
            "<section aria-labelledby=\"reproduce\">\n<h2 id=\"reproduce\">Reproduce</h2>\n<pre tabindex=\"0\"><code>{lines}</code></pre>\n</section>"
        );
    }
    if !report.manifest.is_empty() {
        page.push_str("<section aria-labelledby=\"manifest\">\n<h2 id=\"manifest\">Manifest</h2>\n");
        pairs(
            &mut page,
            "Facts that identify the stored data",
            report.manifest.iter().map(|(key, value)| (escape(key), escape(value))),
        );
        page.push_str("</section>\n");
    }
    page.push_str("</main>\n");
    if let Some(curves) = &report.curves {
        let _ = writeln!(
            page,
            "<script type=\"application/json\" id=\"curves\">{}</script>",
            curves.replace('<', "\\u003c")
        );
    }
    let _ = write!(page, "<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

fn figure_id(index: usize) -> String {
    format!("figure-{}", index + 1)
}

/// The experimental setup; the suite itself is folded.
fn setup(page: &mut String, setup: &ExperimentalSetup, components: &[ReportComponent]) {
    let ExperimentalSetup { facts, swept, suite, .. } = setup;
    if facts.is_empty() && swept.is_empty() && suite.is_empty() {
        return;
    }
    let _ = writeln!(page, "<section aria-labelledby=\"setup\">\n<h2 id=\"setup\">{SETUP}</h2>");
    let part = |part: &Part| {
        let words = escape(&part.text);
        if part.swept { format!("<mark>{words}</mark>") } else { words }
    };
    let link = |of: &ReportComponent| format!("<a href=\"#{}\">{}</a>", escape(&of.anchor), escape(&of.name));
    let links: Vec<String> = components.iter().map(link).collect();
    let links = (!links.is_empty()).then(|| ("Components".to_owned(), links.join(", ")));
    let common = facts.iter().map(|fact| (escape(&fact.name), fact.parts.iter().map(part).collect::<String>()));
    let swept = swept.iter().map(|(path, values)| {
        (format!("{SWEPT}: <code>{}</code>", escape(path)), format!("<mark>{}</mark>", escape(values)))
    });
    pairs(page, "What was trained, and how; marked is what differs between arms", common.chain(swept).chain(links));
    if !suite.is_empty() {
        let suite: String = suite.lines().map(|line| escape(line) + "\n").collect();
        let _ = writeln!(
            page,
            "<details class=\"suite\">\n<summary>The suite, as it was written</summary>\n<pre tabindex=\"0\"><code>{suite}</code></pre>\n\
             </details>"
        );
    }
    page.push_str("</section>\n");
}

/// A table of names and what they stand for, both escaped.
fn pairs(page: &mut String, caption: &str, pairs: impl Iterator<Item = (String, String)>) {
    let caption = escape(caption);
    let _ = writeln!(
        page,
        "<div class=\"scroll\" tabindex=\"0\">\n<table class=\"pairs\">\n<caption class=\"unseen\">{caption}</caption>"
    );
    for (key, value) in pairs {
        let _ = writeln!(page, "<tr><th scope=\"row\">{key}</th><td>{value}</td></tr>");
    }
    page.push_str("</table>\n</div>\n");
}

fn figure(page: &mut String, id: &str, figure: &ReportFigure) {
    let _ = writeln!(
        page,
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n<figure>\n<div class=\"sheet\" tabindex=\"0\">\n{}\n</div>\n\
         <figcaption>{} <span class=\"links\">{}</span></figcaption>\n</figure>\n</section>",
        escape(&figure.title),
        inline::svg(&figure.svg, id),
        escape(&figure.caption),
        links(
            [("SVG", "svg"), ("PNG", "png"), ("PDF", "pdf")]
                .map(|(word, end)| (word.to_owned(), layout::figure(&figure.file_name(end))))
        ),
    );
}

/// Links to files beside the page.
fn links(files: impl IntoIterator<Item = (String, std::path::PathBuf)>) -> String {
    let link = |(word, path): (String, std::path::PathBuf)| {
        format!("<a href=\"{}\">{}</a>", escape(&path.to_string_lossy().replace('\\', "/")), escape(&word))
    };
    files.into_iter().map(link).collect::<Vec<_>>().join(" ")
}

/// A table with its heading.
fn section(page: &mut String, table: &ReportTable, folded: bool) {
    let (id, title) = (&table.id, escape(&table.title));
    let class = if table.screen_only { " class=\"screen-only\"" } else { "" };
    let _ = writeln!(page, "<section{class} aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>");
    if !table.caption.is_empty() {
        let _ = writeln!(page, "<p>{}</p>", escape(&table.caption));
    }
    let html = table.html.trim_end();
    let content = format!("<div class=\"scroll\" tabindex=\"0\">\n{html}\n</div>\n");
    let csv = (!table.csv.is_empty()).then(|| ("CSV".to_owned(), layout::csv(&table.id)));
    let made_of = table.made_of.iter().map(|name| (layout::table(name), layout::table(name).into()));
    let files = links(csv.into_iter().chain(made_of));
    let content = if files.is_empty() { content } else { format!("{content}<p class=\"links\">{files}</p>\n") };
    if folded {
        let _ = writeln!(page, "<details>\n<summary>{} rows</summary>\n{content}</details>", table.rows);
    } else {
        page.push_str(&content);
    }
    page.push_str("</section>\n");
}

/// Links to the sections.
fn contents(page: &mut String, report: &Report) {
    let mut links: Vec<(String, String)> = Vec::new();
    let mut link = |id: &str, title: &str| links.push((id.to_owned(), escape(title)));
    if report.setup != ExperimentalSetup::default() {
        link("setup", SETUP);
    }
    report.claims.iter().for_each(|table| link(&table.id, &table.title));
    if !report.doubts.is_empty() {
        link("doubts", &format!("{DOUBTS} ({})", report.doubts.len()));
    }
    report.figures.iter().enumerate().for_each(|(index, figure)| link(&figure_id(index), &figure.title));
    report.tables.iter().for_each(|table| link(&table.id, &table.title));
    if !report.components.is_empty() {
        link("components", "Components");
    }
    if !report.commands.is_empty() {
        link("reproduce", "Reproduce");
    }
    if links.len() < 2 {
        return;
    }
    page.push_str("<nav aria-label=\"Contents\">\n");
    for (id, title) in links {
        let _ = writeln!(page, "<a href=\"#{id}\">{title}</a>");
    }
    page.push_str("</nav>\n");
}

#[cfg(test)]
mod tests {
    use super::super::contents::example;
    use super::*;

    #[test]
    fn everything_is_escaped() {
        let mut report = example();
        report.name = "<script>alert('x')</script>".to_owned();
        report.commands = vec!["a < b && c".to_owned()];
        let page = write(&report);
        assert!(!page.contains("<script>alert"));
        assert!(page.contains("&amp; is &quot;L &lt; 0.01&quot; learnt?"));
        assert!(page.contains("a &lt; b &amp;&amp; c"));
        assert!(page.contains("about: a &lt;b&gt; &amp; `c`"));
    }

    #[test]
    fn the_page_needs_nothing_else() {
        let page = write(&example());
        // The name of a namespace is no address.
        let page = page.replace("http://www.w3.org/2000/svg", "");
        for outside in
            ["http://", "https://", "<link", "src=\"", "@import", "<?xml", "fetch(", "XMLHttpRequest", "import("]
        {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn ids_are_unique() {
        let page = write(&example());
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        assert!(ids.contains(&"figure-2-a"), "{ids:?}");
    }

    #[test]
    fn every_link_has_its_section() {
        let page = write(&example());
        let link = |rest: &str| {
            rest.split_once("\">").map(|(id, rest)| (id.to_owned(), rest.split('<').next().map(str::to_owned)))
        };
        let links: Vec<_> = page.split("<a href=\"#").skip(1).filter_map(link).collect();
        assert!(links.iter().all(|(id, _)| page.contains(&format!("id=\"{id}\""))), "{links:?}");
        let titles: std::collections::BTreeSet<_> = links.iter().map(|(_, title)| title).collect();
        assert_eq!(titles.len(), links.len(), "{links:?}");
    }

    /// The setup comes before the verdicts, these before the doubts, these before figures, these before the other tables.
    #[test]
    fn the_page_has_its_order() {
        let page = write(&example());
        let places = [
            "id=\"setup\"",
            "id=\"verdicts\"",
            "id=\"doubts\"",
            "id=\"figure-1\"",
            "id=\"summary\"",
            "id=\"reproduce\"",
        ];
        let places = places.map(|id| page.find(id).expect(id));
        assert!(places.is_sorted(), "{places:?}");
        assert!(page.contains("adding (length <mark>50 / 100</mark>)"));
    }

    /// Whatever a text holds, it ends no script, and the one script of the page is its own.
    #[test]
    fn nothing_ends_the_script_but_its_end() {
        let mut report = example();
        let hostile = "</script><script>alert(1)</script><!--";
        report.name = hostile.to_owned();
        report.setup.suite = hostile.to_owned();
        report.curves = Some(format!("{{\"updates\":[],\"trials\":{{\"{hostile}\":[]}}}}"));
        let page = write(&report);
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script").count(), 2);
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--") && !SCRIPT.contains("innerHTML"));
    }

    #[test]
    fn a_page_says_when_it_was_drawn_only_while_the_run_goes_on() {
        let mut report = example();
        assert!(!write(&report).contains("data-drawn"));
        let (text, drawn) = ("3 of 9 <trials>".to_owned(), "2026-01-02T03:04:05Z".to_owned());
        report.unfinished = Some(Unfinished { text, drawn, lasts: 240 });
        let page = write(&report);
        assert!(page.contains("data-drawn=\"2026-01-02T03:04:05Z\" data-lasts=\"240\">3 of 9 &lt;trials&gt;"));
        // An order to the browser would be obeyed long after the run has died.
        assert!(!page.contains("http-equiv=\"refresh\""));
    }

    #[test]
    fn long_tables_are_folded() {
        let mut report = example();
        assert!(!write(&report).contains("rows</summary>"));
        report.tables[0].rows = UNFOLDED + 1;
        assert!(write(&report).contains("<summary>13 rows</summary>"));
    }
}
