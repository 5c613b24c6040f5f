//! Claims from the suite to the exit code.

use serde_json::Value;

use crate::program::{Ended, Folder, SMALL};

/// The small suite with a claim that is certain, one that is certainly wrong, and one that its two replicates cannot decide.
fn with_claims() -> String {
    format!("{SMALL}{CLAIMS}")
}

const CLAIMS: &str = "\
claims:
  - id: smaller
    statement: An Elman network has fewer parameters than an LSTM.
    metric: parameters
    among: {task.length: 8}
    left: {model.cell: elman}
    right: {model.cell: lstm}
    expect: left < right
  - id: larger
    statement: An Elman network has 1000 more parameters than an LSTM.
    metric: parameters
    among: {task.length: 8}
    left: {model.cell: elman}
    right: {model.cell: lstm}
    expect: left > right
    margin: 1000
  - id: better
    statement: An LSTM has the smaller loss, over both lengths.
    metric: test/loss
    left: {model.cell: lstm}
    right: {model.cell: elman}
    pair-by: [task.length]
    expect: left < right
";

/// The suite without the claims of these ids.
fn without(ids: &[&str]) -> String {
    let text = with_claims();
    let (head, claims) = text.split_once("claims:\n").expect("claims");
    let kept =
        claims.split("  - id: ").filter(|claim| !claim.is_empty() && !ids.iter().any(|id| claim.starts_with(id)));
    format!("{head}claims:\n{}", kept.map(|claim| format!("  - id: {claim}")).collect::<String>())
}

fn claims(folder: &Folder, more: &[&str]) -> Ended {
    folder.run(&[&["claims", "small"], more].concat())
}

#[test]
fn verdicts_follow_from_a_run_and_decide_the_exit_code() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", &with_claims());
    let checked = folder.succeed(&["check", file]);
    assert!(checked.err.contains("2 replicates cannot decide the claim `better`"), "{}", checked.err);
    assert!(checked.err.contains("replicates: 6 can"), "{}", checked.err);
    assert!(folder.succeed(&["plan", file]).err.contains("cannot decide the claim `better`"));
    // A refuted claim is no failure of the run.
    let ran = folder.succeed(&["run", file]);
    assert!(ran.out.contains("refuted") && ran.out.contains("An Elman network has fewer parameters"), "{}", ran.out);
    let refuted = claims(&folder, &[]);
    assert_eq!(refuted.code, Some(3), "{refuted:#?}");
    assert!(refuted.err.contains("3 claims: 1 supported, 1 refuted, 1 inconclusive"), "{}", refuted.err);
    assert_eq!(folder.succeed(&["show", "small", "--table", "claims"]).out, refuted.out);
    // Edited claims are those of the next run, which has nothing to train.
    for (left_out, code) in [(&["larger"][..], 4), (&["larger", "better"], 0), (&["smaller", "larger", "better"], 4)] {
        folder.write("small.yaml", &if left_out.len() == 3 { SMALL.to_owned() } else { without(left_out) });
        let ran = folder.succeed(&["run", file]);
        assert!(ran.err.contains("nothing to do"), "{}", ran.err);
        assert_eq!(claims(&folder, &[]).code, Some(code), "{left_out:?}");
        folder.succeed(&["report", "small", "--check"]);
    }
    assert!(!folder.path("results/small/claims.json").exists(), "verdicts on claims that are no more");
}

#[test]
fn verdicts_are_in_the_report_and_in_files_for_programs() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", &with_claims());
    folder.succeed(&["run", file, "-q"]);
    let stored: Value = serde_json::from_slice(&folder.read("results/small/claims.json")).expect("JSON");
    let shown: Value = serde_json::from_str(&claims(&folder, &["--format", "json"]).out).expect("JSON");
    assert_eq!(stored, shown);
    assert_eq!((&stored["schema"], &stored["claims"][1]["verdict"]), (&1.into(), &"refuted".into()));
    let hash = stored["claims"][2]["hash"].as_str().expect("a hash").to_owned();
    for name in ["report.md", "report.html"] {
        let report = String::from_utf8(folder.read(format!("results/small/{name}"))).expect("text");
        assert!(report.find("An LSTM has the smaller loss") < report.find("updates to target"), "{name}");
        assert!(report.contains(&hash), "{name}");
    }
    assert!(folder.read("results/small/figures/claims.svg").starts_with(b"<"));
    let xml = claims(&folder, &["--format", "junit"]).out;
    assert!(xml.contains("tests=\"3\"") && xml.contains("failures=\"1\"") && xml.contains("skipped=\"1\""), "{xml}");
    for format in ["table", "csv", "latex", "markdown", "html"] {
        let shown = claims(&folder, &["--format", format]);
        assert!(shown.out.contains("smaller") && shown.code == Some(3), "{format}: {shown:#?}");
    }
    let refused = claims(&folder, &["--format", "xml"]);
    assert!(refused.code == Some(2) && refused.err.contains("junit"), "{refused:#?}");
    assert_eq!(folder.run(&["claims", "nothing"]).code, Some(2));
    let refuted =
        folder.succeed(&["show", "small", "--table", "claims", "--where", "verdict=refuted", "--format", "csv"]);
    assert_eq!(refuted.out.lines().count(), 2, "{}", refuted.out);
    // An edited claim is seen.
    folder.write("small.yaml", &with_claims().replace("margin: 1000", "margin: 2000"));
    folder.succeed(&["run", file, "-q"]);
    let edited: Value = serde_json::from_slice(&folder.read("results/small/claims.json")).expect("JSON");
    assert_ne!(edited["claims"][1]["hash"], stored["claims"][1]["hash"]);
    assert_eq!(edited["claims"][2]["hash"], hash);
}

#[test]
fn workflows_get_annotations_and_a_summary() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", &with_claims());
    folder.succeed(&["run", file, "-q"]);
    let run = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", folder.path("summary.md"));
        crate::program::ended(command.output().expect("the binary starts"))
    };
    let claims = run(&["claims", "small", "--format", "csv"]);
    for annotation in
        ["::notice title=smaller%3A supported::", "::error title=larger%3A refuted::", "::warning title=better%3A"]
    {
        assert!(claims.err.lines().any(|line| line.starts_with(annotation)), "{annotation}: {}", claims.err);
    }
    assert!(!claims.out.contains("::"), "{}", claims.out);
    let summary = String::from_utf8(folder.read("summary.md")).expect("text");
    assert!(summary.starts_with("## Claims of small") && summary.contains("| larger | refuted |"), "{summary}");
    folder.write("bad.yaml", &SMALL.replace("hidden: 6", "hiden: 6"));
    let checked = run(&["check", "bad.yaml", file]);
    assert_eq!(checked.code, Some(2));
    assert!(checked.err.contains("::error file=bad.yaml,line=6,col=22::model: unknown key `hiden`"), "{}", checked.err);
    assert!(checked.err.contains("::warning file=small.yaml::2 replicates cannot decide"), "{}", checked.err);
    assert!(!folder.succeed(&["check", file]).err.contains("::"));
}

#[test]
fn claims_about_arms_that_are_left_out_have_no_verdict() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", &with_claims());
    let ran = folder.succeed(&["run", file, "--only", "model.cell=lstm", "--out", "other"]);
    assert!(ran.err.contains("no verdict on `smaller`, `larger`, `better`"), "{}", ran.err);
    assert!(!ran.out.contains("supported"), "{}", ran.out);
}

/// One line in place of the suite's claims, by the same grammar.
#[test]
fn an_expectation_is_a_claim_on_the_command_line() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", &with_claims());
    let left = "left: {model.cell: lstm, task.length: 8}";
    let sure = format!("metric: test/loss, {left}, right: 1000, expect: left < right, in-at-least: 2 of 2");
    let wrong = format!("{{metric: test/loss, {left}, right: 1000, expect: left > right, in-at-least: 1 of 2}}");
    // Mistakes cost no training.
    for (text, said) in [
        (format!("metric: test/lose, {left}, right: 1, expect: left < right"), "did you mean `test/loss`"),
        (sure.replace("lstm", "lstn"), "did you mean `lstm`"),
        (sure.replace("2 of 2", "3 of 2"), "give 1 to 2 of 2"),
        (sure.replace("2 of 2", "two"), "`9 of 10`"),
        ("an lstm learns it".to_owned(), "write it like"),
        (sure.replace("test/loss", "length-9/loss"), "add `evaluate: {lengths: [9]}`"),
    ] {
        let complaint = folder.refuse(&["run", file, "--expect", &text]);
        assert!(complaint.contains(said) && complaint.contains("--expect"), "{text}: {complaint}");
    }
    assert!(!folder.path("results/small").exists(), "nothing is trained for a wrong expectation");

    let ran = folder.succeed(&["run", file, "--expect", &sure]);
    assert!(ran.err.contains("1 claim: 1 supported"), "{}", ran.err);
    assert!(ran.out.contains("expect-1") && ran.out.contains("in ≥ 2 of 2"), "{}", ran.out);
    let refuted = folder.run(&["run", file, "--expect", &wrong]);
    assert_eq!(refuted.code, Some(3), "{}", refuted.err);
    assert_eq!(claims(&folder, &["--expect", &sure]).code, Some(0));
    let more = sure.replace("2 of 2", "2 of 3").replace("1000", "0");
    let both = claims(&folder, &["--expect", &sure, "--expect", &more, "--format", "json"]);
    let json: Value = serde_json::from_str(&both.out).expect("JSON");
    let verdicts: Vec<&Value> = (0..2).map(|claim| &json["claims"][claim]["verdict"]).collect();
    // None of two, and the third was not run.
    assert_eq!(
        (both.code, verdicts),
        (Some(3), vec![&Value::from("supported"), &Value::from("refuted")]),
        "{}",
        both.out
    );
    let open = claims(&folder, &["--expect", &sure.replace("2 of 2", "3 of 3")]);
    assert_eq!(open.code, Some(4), "{}", open.err);
    let junit = claims(&folder, &["--expect", &wrong, "--format", "junit"]);
    assert!(junit.out.contains("failures=\"1\"") && junit.out.contains("expect-1"), "{}", junit.out);
    // Of what is yes or no the line may leave out that yes is expected.
    let solved = claims(&folder, &["--expect", &format!("metric: solved, {left}, in-at-least: 2 of 2")]);
    assert_eq!((solved.code, solved.out.contains("> 0 in ≥ 2 of 2")), (Some(3), true), "{}", solved.out);
    // The suite's own claims are as they were.
    assert_eq!(claims(&folder, &[]).code, Some(3));
    assert!(
        std::fs::read_to_string(folder.path("results/small/resolved.yaml")).expect("a file").contains("id: smaller")
    );
}
