#!/usr/bin/env bash
# A real Slurm with two virtual nodes on this machine: trains a suite in four parts, loses a node in the middle, merges, and compares
# every table with a run on one machine, bit for bit but for the times.
# Usage: scripts/slurm-test.sh [PROGRAM]. Takes a minute or two. Needs root (or sudo that does not ask), and slurm-wlm and munge, which are installed by apt-get where they are
# missing. It touches nothing outside a temporary folder, and ends what it started. Where Slurm cannot be had the test has failed.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD

fail() {
    printf '\n!! FAILED: %s\n' "$*" >&2
    exit 1
}

built=${1:-$repository/target/debug/longlag}
[ $# -gt 0 ] || cargo build --locked --quiet
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true || fail "a Slurm of its own has to be started by root"
    exec sudo -n "$repository/scripts/slurm-test.sh" "$built"
fi
for program in slurmctld slurmd munged sbatch; do
    command -v "$program" > /dev/null && continue
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends slurm-wlm munge; } > /dev/null 2>&1 ||
        fail "Slurm cannot be installed here (apt-get install -y slurm-wlm munge)"
done

# Names that a careless script would trip over.
work=$(mktemp -d)
cluster=$work/cluster shared="$work/shared folder, 100%"
mkdir -p "$cluster"/{state,spool,log} "$shared"

# Ends the daemon of a file that holds its number, and waits for its end.
end() {
    local pid
    pid=$(cat "$1" 2> /dev/null) || return 0
    kill "$pid" 2> /dev/null || return 0
    for _ in $(seq 50); do
        kill -0 "$pid" 2> /dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2> /dev/null || true
}

# Kills the jobs on a node, and what watches over them, as its loss of power does. Their scripts lie in a folder of this test alone.
strike() {
    local script watcher
    for script in $(pgrep -f "^/bin/bash $cluster/spool/$1/"); do
        watcher=$(ps -o ppid= -p "$script" | tr -d ' ')
        [ "$(ps -o comm= -p "$watcher")" != slurmstepd ] || kill -KILL "$watcher"
        kill -KILL -- "-$script"
    done
}

clean() {
    local node
    for node in n1 n2; do
        end "$cluster/d-$node.pid"
        strike "$node" 2> /dev/null || true
    done
    end "$cluster/ctld.pid"
    end "$cluster/munged.pid"
    rm -rf "$work"
}
trap clean EXIT

# Slurm believes whoever has this key.
dd if=/dev/urandom bs=1 count=1024 of="$cluster/munge.key" 2> /dev/null
chmod 400 "$cluster/munge.key"
chmod 755 "$work" "$cluster"
munged --force --key-file "$cluster/munge.key" --socket "$cluster/munge.socket" --pid-file "$cluster/munged.pid" \
    --log-file "$cluster/log/munged.log" --seed-file "$cluster/munge.seed" || fail "munged does not start"

# Whoever does not answer for some seconds is down, and its jobs queue again soon.
cat > "$cluster/slurm.conf" << END
ClusterName=test
SlurmctldHost=localhost
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$cluster/munge.socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool/%n
SlurmctldPidFile=$cluster/ctld.pid
SlurmdPidFile=$cluster/d-%n.pid
SlurmctldLogFile=$cluster/log/ctld.log
SlurmdLogFile=$cluster/log/d-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=5,bf_interval=5
SelectType=select/cons_tres
ReturnToService=2
SlurmdTimeout=6
SlurmctldPort=16817
MpiDefault=none
NodeName=n[1-2] NodeHostname=localhost Port=[17001-17002] CPUs=1 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$cluster/slurm.conf
slurmctld -f "$SLURM_CONF" || fail "slurmctld does not start: $(tail -3 "$cluster/log/ctld.log")"
for node in n1 n2; do
    slurmd -f "$SLURM_CONF" -N "$node" || fail "slurmd does not start: $(tail -3 "$cluster/log/d-$node.log")"
done
for _ in $(seq 100); do
    [ "$(sinfo -h -N -o %N -t idle 2> /dev/null | wc -l)" -eq 2 ] && break
    sleep 0.2
done
sinfo
[ "$(sinfo -h -N -o %N -t idle | wc -l)" -eq 2 ] || fail "the two nodes are not idle"

# What the cluster's machines see: the program, a suite, a folder of results.
cp "$repository/scripts/slurm-test.yaml" "$shared/"
cd "$shared"
run=results/slurm-test
begun=$SECONDS
ids=$("$built" submit slurm-test.yaml --engine slurm --shards 4 --partition main --memory 500M --time 20 --sbatch=--nice=1)
echo "$ids"
first=$(echo "$ids" | head -1 | cut -f 1)

# The node n1 dies while a part is half done there.
struck=
for _ in $(seq 300); do
    for part in $(squeue -h -j "$first" -w n1 -t running -o %K 2> /dev/null); do
        journal=$run/shards/$part-of-4/journal.bin
        [ "$(stat -c %s "$journal" 2> /dev/null || echo 0)" -gt 2000 ] && struck=$part
    done
    [ -z "$struck" ] || break
    sleep 0.1
done
[ -n "$struck" ] || fail "no part of the array began on n1: $(cat "$run"/slurm/*.log)"
kill -KILL "$(cat "$cluster/d-n1.pid")"
strike n1
echo "$((SECONDS - begun)) s: n1 is dead, with part $struck half done"
for _ in $(seq 300); do
    case $(sinfo -h -N -n n1 -o %t) in down*) break ;; esac
    sleep 0.2
done
echo "$((SECONDS - begun)) s: $(sinfo -h -N -n n1 -o '%N is %T')"
slurmd -f "$SLURM_CONF" -N n1 || fail "slurmd does not start again"

while [ -n "$(squeue -h)" ]; do
    [ $((SECONDS - begun)) -lt 240 ] || fail "after four minutes not all jobs have ended: $(squeue)"
    sleep 1
done
echo "$((SECONDS - begun)) s: all jobs have ended"
jobs=$(scontrol -o show job)
echo "$jobs" | grep -q "Restarts=[1-9]" || fail "no task was queued again"
echo "$jobs" | awk '{
    for (i = 1; i <= NF; i++) if ($i ~ /^(ArrayJobId|ArrayTaskId|JobState|Restarts|ExitCode|NodeList)=/) printf "%s ", $i
    print ""
}'
if echo "$jobs" | grep -qv " JobState=COMPLETED "; then
    fail "a job did not complete: $(cat "$run"/slurm/*.log)"
fi

# The same on one machine, in one process.
"$built" run slurm-test.yaml --out alone --quiet
for table in metrics probes chains; do
    cmp "$run/$table.parquet" "alone/slurm-test/$table.parquet" || fail "the table $table has other bytes than that of one machine"
done
trials() { "$built" show "$1" --table trials --columns all --format csv | python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert len(rows) > 0
for row in rows:
    assert float(row.pop("train_seconds")) > 0
    print(sorted(row.items()))'; }
diff <(trials "$run") <(trials alone/slurm-test) || fail "the trials are others than those of one machine"
diff -r "$run/models" alone/slurm-test/models || fail "the kept parameters are others than those of one machine"
"$built" report "$run" --check || fail "the report is not what the tables give"
echo "$((SECONDS - begun)) s: $(trials "$run" | wc -l) trials, the same bits from the cluster as from one machine"
