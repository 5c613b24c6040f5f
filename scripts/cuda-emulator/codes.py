"""Holds the answers of the loader of NVIDIA's libraries to the enumerations of cudarc, in which any other number is undefined behaviour.

    codes.py LOADER

Compiles LOADER with libraries that answer each call with the number that they are given, asks for every number, and reads cudarc's sources. Needs
a C compiler; standard library only. Exits with 1 where an answer is no member of the enumeration, or a member is answered otherwise.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LIBRARIES = {
    "libcuda.so.1": "int cuInit(unsigned flags) { return flags; } int cuDeviceGetCount(long code) { return code; }",
    "libnvrtc.so.13": "int nvrtcCreateProgram(long code) { return code; }",
    "libcublas.so.13": "int cublasCreate_v2(long code) { return code; }",
}
MAIN = """
#include <stdio.h>
int cuInit(unsigned), cuDeviceGetCount(long), nvrtcCreateProgram(void *, ...), cublasCreate_v2(void *);
int main(void) {
    cuInit(0);
    for (long code = 0; code < 20000; code++)
        printf("%d %d %d\\n", cuDeviceGetCount(code), nvrtcCreateProgram((void *)code, 0, 0, 0, 0, 0), cublasCreate_v2((void *)code));
}
"""
ENUMERATIONS = [("driver", "cudaError_enum"), ("nvrtc", "nvrtcResult"), ("cublas", "cublasStatus_t")]


def members(sources, folder, name):
    """The numbers of an enumeration of cudarc."""
    text = (sources / folder / "sys.rs").read_text()
    body = re.search(rf"pub enum {name} \{{(.*?)\n\}}", text, re.DOTALL).group(1)
    return {int(number) for number in re.findall(r"= (\d+),", body)}


def main():
    metadata = subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version", "1", "--features", "cuda-check"], check=True, capture_output=True, text=True
    )
    manifest = next(package["manifest_path"] for package in json.loads(metadata.stdout)["packages"] if package["name"] == "cudarc")
    compiler = [os.environ.get("CC", "cc"), "-std=gnu11", "-w"]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for name, text in LIBRARIES.items():
            subprocess.run([*compiler, "-shared", "-fPIC", "-x", "c", "-o", work / name, "-"], input=text, text=True, check=True)
        (work / "main.c").write_text(MAIN)
        subprocess.run([*compiler, "-o", work / "main", work / "main.c", sys.argv[1], "-ldl", "-lpthread"], check=True)
        ran = subprocess.run([work / "main"], env={**os.environ, "LD_LIBRARY_PATH": folder}, check=True, capture_output=True, text=True)
    answers = [[int(number) for number in line.split()] for line in ran.stdout.splitlines()]
    faults = 0
    for at, (folder, name) in enumerate(ENUMERATIONS):
        known = members(pathlib.Path(manifest).parent / "src", folder, name)
        wrong = [code for code, found in enumerate(answers) if found[at] not in known or (code in known and found[at] != code)]
        wrong += [code for code, found in enumerate(answers) if code != 0 and found[at] == 0]
        faults += len(wrong)
        print(f"  {name}: {len(known)} members, {len(answers)} numbers, {len(wrong)} wrong answers{': ' if wrong else ''}{wrong[:5] or ''}")
    sys.exit(1 if faults or len(answers) != 20000 else 0)


main()
