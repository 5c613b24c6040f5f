//! Row structs, and the schema and conversions of their tables.

use polars::frame::DataFrame;

use super::column::ColumnSchema;
use super::error::SchemaError;

/// A row struct whose fields are a table's columns; made by `rows!`.
pub trait Row: Clone {
    /// The table's name.
    const TABLE: &'static str;
    /// The struct's doc comment, as written: lines, each with a leading space.
    const ABOUT: &'static str;
    /// The columns, in the order of the struct's fields.
    const FIELDS: &'static [ColumnSchema];
    /// The columns by which stored rows are sorted.
    const ORDER: &'static [&'static str];

    /// Compares by the columns of [`Row::ORDER`]; null comes first.
    fn compare(&self, other: &Self) -> std::cmp::Ordering;

    /// A frame with exactly the columns of [`Row::FIELDS`].
    ///
    /// # Errors
    ///
    /// When polars refuses the columns.
    fn to_frame(rows: &[Self]) -> Result<DataFrame, SchemaError>;

    /// The rows of a frame; columns that are not of the table are ignored.
    ///
    /// # Errors
    /// When a column is missing (unless it may be null), has another type, or holds null where it must not.
    fn from_frame(frame: &DataFrame) -> Result<Vec<Self>, SchemaError>;
}

/// Declares a row struct and, from its fields, the table's schema and conversions.
macro_rules! rows {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident in $table:literal, ordered by [$($order:ident),*]
        { $($(#[doc = $doc:literal])* pub $field:ident: $type:ty,)* }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[doc = $doc])* pub $field: $type,)*
        }

        impl $crate::store::Row for $name {
            const TABLE: &'static str = $table;
            const ABOUT: &'static str = concat!($($about, "\n"),*);
            const FIELDS: &'static [$crate::store::ColumnSchema] = &[$($crate::store::ColumnSchema {
                name: stringify!($field),
                doc: concat!($($doc, "\n"),*),
                kind: <$type as $crate::store::value::Value>::KIND,
                nullable: <$type as $crate::store::value::Value>::NULLABLE,
            }),*];
            const ORDER: &'static [&'static str] = &[$(stringify!($order)),*];

            fn compare(&self, other: &Self) -> std::cmp::Ordering {
                std::cmp::Ordering::Equal$(.then_with(|| self.$order.cmp(&other.$order)))*
            }

            fn to_frame(rows: &[Self]) -> Result<polars::frame::DataFrame, $crate::store::SchemaError> {
                let columns = vec![$(
                    $crate::store::value::Value::pack(stringify!($field), rows.iter().map(|row| &row.$field))
                ),*];
                Ok(polars::frame::DataFrame::new(rows.len(), columns)?)
            }

            fn from_frame(frame: &polars::frame::DataFrame) -> Result<Vec<Self>, $crate::store::SchemaError> {
                $(
                    let mut $field =
                        <$type as $crate::store::value::Value>::unpack(frame, stringify!($field))?.into_iter();
                )*
                Ok(std::iter::from_fn(|| Some(Self { $($field: $field.next()?),* })).collect())
            }
        }
    };
}
pub(super) use rows;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MetricRow, ProbeRow, Status, TrialRow, tables};

    fn trial() -> TrialRow {
        TrialRow {
            trial_id: "00ff".into(),
            config: r#"{"a":"ü\n"}"#.into(),
            replicate: u32::MAX,
            status: Status::OutOfMemory,
            reason: None,
            updates: u64::MAX,
            solved: Some(false),
            updates_to_target: Some(0),
            censored: None,
            first_nonfinite_update: None,
            nonfinite_quantity: None,
            parameters: 0,
            flops_per_update: 1 << 60,
            hash: String::new(),
            engine: "fused".into(),
            device: "cpu".into(),
            numerics: 1,
            task_definition: None,
            network_definition: None,
            training_definition: None,
            build: None,
            train_seconds: -0.0,
        }
    }

    #[test]
    fn every_column_is_documented_and_sorts_by_existing_ones() {
        for table in tables() {
            assert_eq!(table.fields[0].name, "trial_id");
            for field in table.fields {
                assert!(!field.text().is_empty(), "{}.{} has no doc comment", table.name, field.name);
                assert!(!field.text().contains('\n'));
            }
        }
        let names: Vec<_> = ProbeRow::FIELDS.iter().map(|field| field.name).collect();
        assert!(ProbeRow::ORDER.iter().all(|column| names.contains(column)));
        let nullable: Vec<_> = ProbeRow::FIELDS.iter().filter(|field| field.nullable).map(|field| field.name).collect();
        assert_eq!(nullable, ["layer", "state", "lag", "index"]);
    }

    #[test]
    fn rows_come_back_from_their_frame() {
        let rows = [trial(), TrialRow { reason: Some("why".into()), status: Status::Error, ..trial() }];
        let frame = TrialRow::to_frame(&rows).unwrap();
        let names: Vec<_> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
        assert_eq!(names, TrialRow::FIELDS.iter().map(|field| field.name.to_owned()).collect::<Vec<_>>());
        for (field, column) in TrialRow::FIELDS.iter().zip(frame.columns()) {
            assert_eq!(column.dtype(), &field.kind.data_type());
        }
        let back = TrialRow::from_frame(&frame).unwrap();
        assert_eq!(back, rows);
        assert!(back[0].train_seconds.is_sign_negative());
        assert!(TrialRow::from_frame(&TrialRow::to_frame(&[]).unwrap()).unwrap().is_empty());
    }

    #[test]
    fn floats_keep_every_bit_and_null_is_not_nan() {
        let odd = f64::from_bits(0x7ff8_0000_0000_0123);
        let values = [f64::NAN, odd, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324];
        let rows: Vec<_> = values
            .iter()
            .map(|&value| MetricRow {
                trial_id: "a".into(),
                update: 0,
                split: "test".into(),
                metric: "loss".into(),
                value,
            })
            .collect();
        let frame = MetricRow::to_frame(&rows).unwrap();
        assert_eq!(frame.column("value").unwrap().null_count(), 0);
        let back = MetricRow::from_frame(&frame).unwrap();
        for (row, value) in back.iter().zip(values) {
            assert_eq!(row.value.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn a_frame_that_does_not_fit_is_refused_with_the_column_named() {
        let frame = TrialRow::to_frame(&[trial()]).unwrap();
        let error = TrialRow::from_frame(&frame.drop("hash").unwrap()).unwrap_err();
        assert!(error.to_string().contains("`hash`"), "{error}");
        // A column that may be null, and that an older version did not write, is null.
        let older = TrialRow::from_frame(&frame.drop("solved").unwrap()).unwrap();
        assert_eq!(older[0].solved, None);
        let mut wrong = frame.clone();
        let column = frame.column("hash").unwrap().clone().with_name("updates".into());
        wrong.with_column(column).unwrap();
        let error = TrialRow::from_frame(&wrong).unwrap_err();
        assert!(error.to_string().contains("`updates`"), "{error}");
    }
}
