//! Verdicts for programs: `claims.json`.

use serde::Serialize;

use super::spec::ClaimSpec;
use super::verdict::Verdict;

/// The version of the document's schema; raised when a key gains another meaning or goes.
pub const SCHEMA: u32 = 1;

/// The document. Numbers that are not finite are null.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    schema: u32,
    suite: &'a str,
    /// The method by which p-values are corrected for all claims.
    correction: &'static str,
    claims: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Entry<'a> {
    id: &'a str,
    statement: &'a str,
    verdict: &'static str,
    effect: Option<Effect>,
    expected: String,
    n: usize,
    test: &'static str,
    p: Option<f64>,
    corrected_p: Option<f64>,
    alpha: f64,
    hash: String,
    notes: &'a [String],
    claim: &'a ClaimSpec,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Effect {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    confidence: f64,
}

/// The verdicts on the claims of `suite` as JSON, ending with a line break.
pub fn document(suite: &str, verdicts: &[Verdict]) -> String {
    let finite = |number: f64| Some(number).filter(|number| number.is_finite());
    let entry = |verdict: &'_ Verdict| {
        let effect = verdict.effect.map(|effect| Effect {
            value: finite(effect.value),
            low: finite(effect.low),
            high: finite(effect.high),
            confidence: effect.confidence,
        });
        (effect, verdict.claim.expected(|bound| bound.to_string()), verdict.claim.spec.hash())
    };
    let claims = verdicts.iter().map(|verdict| {
        let (effect, expected, hash) = entry(verdict);
        let spec = &verdict.claim.spec;
        Entry {
            id: &spec.id,
            statement: &spec.statement,
            verdict: verdict.outcome.name(),
            effect,
            expected,
            n: verdict.n,
            test: verdict.test,
            p: verdict.p,
            corrected_p: verdict.corrected,
            alpha: verdict.claim.alpha,
            hash,
            notes: &verdict.notes,
            claim: spec,
        }
    });
    let document = Document { schema: SCHEMA, suite, correction: "holm", claims: claims.collect() };
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
