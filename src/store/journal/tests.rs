use std::fs;

use proptest::prelude::*;

use super::*;
use crate::fuzz::{fuzz, mutated};
use crate::store::samples;

/// A small record, so that every byte of the journal can be damaged in turn.
fn record(n: u64) -> Record {
    let mut record = samples::record(n);
    record.trial.config.clear();
    record.trial.hash.clear();
    record.metrics.retain(|row| row.metric == "loss" && row.split == "test");
    record.probes.truncate(1);
    record
}

/// A journal of so many records, and where each of them ends.
fn written(count: usize) -> (tempfile::TempDir, Vec<u64>) {
    let dir = tempfile::tempdir().unwrap();
    let Opened { mut journal, entries, damages } = Journal::open(dir.path()).unwrap();
    assert!(entries.is_empty() && damages.is_empty());
    let ends = (0..count).map(|n| journal.append(&record(n as u64)).unwrap().end()).collect();
    (dir, ends)
}

/// NaN is not equal to itself, so records are compared by their bytes.
fn same(left: &Record, right: &Record) -> bool {
    postcard::to_stdvec(left).unwrap() == postcard::to_stdvec(right).unwrap()
}

/// Asserts that a journal holds these records and no others.
fn assert_holds(opened: &Opened, numbers: &[usize], context: &str) {
    assert_eq!(opened.entries.len(), numbers.len(), "{context}");
    for (entry, n) in opened.entries.iter().zip(numbers) {
        assert!(same(&opened.journal.record(entry.place).unwrap(), &record(*n as u64)), "{context}");
        assert_eq!(entry.digests, Digests::of(&record(*n as u64)), "{context}");
    }
}

fn read_only(dir: &Path) -> Opened {
    Journal::read_only(dir).unwrap().unwrap()
}

#[test]
fn what_is_appended_is_read_to_the_bit_by_the_next_process() {
    let (dir, _) = written(3);
    let opened = Journal::open(dir.path()).unwrap();
    assert_holds(&opened, &[0, 1, 2], "");
    assert_eq!((opened.journal.dropped(), opened.damages.len()), (0, 0));
}

#[test]
fn cut_at_any_byte_it_keeps_every_record_written_before() {
    let (dir, ends) = written(3);
    let path = dir.path().join(JOURNAL);
    let whole = fs::read(&path).unwrap();
    for cut in HEADER..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let complete: Vec<usize> = (0..3).filter(|&n| ends[n] <= cut as u64).collect();
        let mut opened = Journal::open(dir.path()).unwrap();
        let context = format!("cut at {cut}");
        assert_holds(&opened, &complete, &context);
        // The torn tail is counted and gone, and the journal goes on after the last intact record.
        let intact = complete.last().map_or(HEADER as u64, |&n| ends[n]);
        assert_eq!((opened.journal.dropped(), opened.damages.len()), (cut as u64 - intact, 0), "{context}");
        assert_eq!(fs::metadata(&path).unwrap().len(), intact, "{context}");
        opened.journal.append(&record(9)).unwrap();
        let opened = Journal::open(dir.path()).unwrap();
        assert_holds(&opened, &[complete, vec![9]].concat(), &context);
        assert_eq!(opened.journal.dropped(), 0, "{context}");
    }
}

/// A flipped bit costs the record whose payload or checksum it is in, and nothing where it is in a header, a marker or a length.
#[test]
fn a_flipped_bit_anywhere_costs_that_record_and_no_other() {
    let (dir, ends) = written(3);
    let path = dir.path().join(JOURNAL);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&path, &bytes).unwrap();
        let context = format!("flipped {at}");
        let hit = ends.iter().position(|end| (at as u64) < *end).unwrap();
        let start = hit.checked_sub(1).map_or(HEADER as u64, |before| ends[before]);
        let free = at < HEADER || (at as u64) < start + 16;
        let left: Vec<usize> = (0..3).filter(|n| free || *n != hit).collect();
        let opened = read_only(dir.path());
        assert_holds(&opened, &left, &context);
        assert_eq!(opened.damages.len(), 1, "{context}");
        // A reader repairs nothing.
        assert_eq!(fs::read(&path).unwrap(), bytes, "{context}");
        let mut opened = Journal::open(dir.path()).unwrap();
        assert_holds(&opened, &left, &context);
        let [damage] = &opened.damages[..] else { panic!("{context}: one damage is told") };
        assert_eq!(damage.trials, free.then_some(0), "{context}");
        if !free {
            let aside = dir.path().join(damage.aside.as_ref().unwrap());
            assert_eq!(fs::read(aside).unwrap(), bytes[start as usize..ends[hit] as usize], "{context}");
        }
        opened.journal.append(&record(7)).unwrap();
        let opened = Journal::open(dir.path()).unwrap();
        assert_holds(&opened, &[left, vec![7]].concat(), &context);
        assert!(opened.damages.is_empty(), "{context}");
        fs::remove_dir_all(dir.path().join("damaged")).unwrap_or_default();
    }
}

#[test]
fn records_between_zeros_swapped_and_repeated_parts_are_found() {
    let (dir, ends) = written(4);
    let path = dir.path().join(JOURNAL);
    let whole = fs::read(&path).unwrap();
    let part = |n: usize| {
        let start = if n == 0 { HEADER } else { ends[n - 1] as usize };
        &whole[start..ends[n] as usize]
    };
    let (head, half) = (&whole[..HEADER], part(1).len() / 2);
    let zeros = vec![0; part(1).len()];
    let cases: [(Vec<&[u8]>, &[usize]); 5] = [
        (vec![head, part(0), &zeros, part(2), part(3)], &[0, 2, 3]),
        (vec![head, part(3), part(2), part(1), part(0)], &[3, 2, 1, 0]),
        (vec![head, part(0), &part(1)[..half], part(2)], &[0, 2]),
        (vec![head, part(0), part(0), b"noise", part(2)], &[0, 0, 2]),
        (vec![&zeros, part(0)], &[0]),
    ];
    for (parts, left) in cases {
        fs::write(&path, parts.concat()).unwrap();
        assert_holds(&read_only(dir.path()), left, &format!("{left:?}"));
        assert_holds(&Journal::open(dir.path()).unwrap(), left, &format!("{left:?}"));
        assert!(Journal::open(dir.path()).unwrap().damages.is_empty());
    }
}

#[test]
fn what_is_no_journal_is_put_aside_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(JOURNAL);
    for garbage in [&b"longlag"[..], b"PAR1PAR1PAR1PAR1PAR1PAR1PAR1"] {
        fs::write(&path, garbage).unwrap();
        assert_eq!(read_only(dir.path()).damages.len(), 1);
        assert_eq!(fs::read(&path).unwrap(), garbage, "a reader leaves it alone");
        let opened = Journal::open(dir.path()).unwrap();
        let line = opened.damages[0].to_string();
        assert!(opened.entries.is_empty() && line.contains("is not a journal of longlag"), "{line}");
        assert_eq!(fs::read(dir.path().join(opened.damages[0].aside.as_ref().unwrap())).unwrap(), garbage);
    }
    for tail in [vec![0; 100], vec![0xff; 100], (0..255).collect::<Vec<u8>>()] {
        fs::remove_file(&path).unwrap();
        drop(Journal::open(dir.path()).unwrap());
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend(&tail);
        fs::write(&path, bytes).unwrap();
        let opened = Journal::open(dir.path()).unwrap();
        assert!(opened.entries.is_empty());
        // Zeros are what a crash of the machine leaves of an append.
        let kept = opened.damages.first().and_then(|damage| damage.aside.as_ref());
        assert_eq!(kept.is_some(), tail[0] != 0 || tail[1] != 0, "{:?}", opened.damages);
    }
}

/// A record as versions up to schema 4 framed it.
fn bare(record: &Record) -> Vec<u8> {
    let payload = postcard::to_stdvec(record).unwrap();
    let length = (payload.len() as u64).to_le_bytes();
    let checksum = blake3::Hasher::new().update(&length).update(&payload).finalize();
    [&length[..], &checksum.as_bytes()[..16], &payload].concat()
}

#[test]
fn the_journal_of_a_run_that_an_older_version_began_is_read_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(JOURNAL);
    let head = |version: u32| [&b"longlagj"[..], &version.to_le_bytes()].concat();
    fs::write(&path, [head(4), bare(&record(0)), bare(&record(1))].concat()).unwrap();
    assert_holds(&read_only(dir.path()), &[0, 1], "read");
    let mut opened = Journal::open(dir.path()).unwrap();
    assert_holds(&opened, &[0, 1], "opened");
    assert!(opened.damages.is_empty());
    opened.journal.append(&record(2)).unwrap();
    assert_holds(&Journal::open(dir.path()).unwrap(), &[0, 1, 2], "appended");
    // One that is empty, of any older version, is taken over; records of a layout that is no longer known are left alone.
    fs::write(&path, head(3)).unwrap();
    assert_holds(&Journal::open(dir.path()).unwrap(), &[], "empty");
    let older = [head(3), bare(&record(0))].concat();
    fs::write(&path, &older).unwrap();
    assert!(matches!(Journal::open(dir.path()), Err(StoreError::Older { found: 3, .. })));
    assert_eq!(fs::read(&path).unwrap(), older);
}

#[test]
fn a_newer_schema_version_is_named_and_left_alone() {
    let (dir, _) = written(0);
    let path = dir.path().join(JOURNAL);
    let newer = SCHEMA_VERSION + 1;
    let bytes = [&b"longlagj"[..], &newer.to_le_bytes(), &(!newer).to_le_bytes(), b"who knows"].concat();
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(Journal::open(dir.path()), Err(StoreError::Newer { .. })));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_reader_keeps_the_journal_it_opened_when_a_writer_clears_it() {
    let (dir, _) = written(2);
    let reader = read_only(dir.path());
    let mut writer = Journal::open(dir.path()).unwrap().journal;
    writer.clear().unwrap();
    writer.append(&record(7)).unwrap();
    assert_holds(&reader, &[0, 1], "the reader");
    assert_holds(&Journal::open(dir.path()).unwrap(), &[7], "the next");
}

/// Whatever bytes a journal has, opening it is an answer and no panic, and what it says that it holds can be read.
#[test]
fn any_bytes_are_a_journal_or_refused() {
    let (dir, _) = written(3);
    let path = dir.path().join(JOURNAL);
    let whole = fs::read(&path).unwrap();
    let headless = whole[HEADER..].to_vec();
    fuzz(500, &mutated(vec![whole, headless], 8), |bytes| {
        fs::write(&path, &bytes).unwrap();
        if let Ok(Some(opened)) = Journal::read_only(dir.path()) {
            for entry in &opened.entries {
                prop_assert!(opened.journal.record(entry.place).is_ok(), "{}", entry.trial.trial_id);
            }
        }
        if Journal::open(dir.path()).is_ok() {
            let again = Journal::open(dir.path());
            prop_assert!(again.is_ok_and(|opened| opened.damages.is_empty()), "what was mended is whole");
        }
        fs::remove_dir_all(dir.path().join("damaged")).unwrap_or_default();
        Ok(())
    });
}
