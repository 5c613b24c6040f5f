// An emulated libnvrtc. It compiles nothing: the kernels that dfdx makes at run time are among those that build.sh compiles. But it refuses a
// program that includes a header which is not given along, as on a machine without the toolkit's headers.
#include "report.h"

#include <cstring>
#include <set>
#include <sstream>
#include <string>

namespace {

constexpr int NVRTC_ERROR_COMPILATION = 6;

struct Program {
    std::string missing;
};

const char PTX[] = "// emulated\n";

} // namespace

extern "C" {

int nvrtcCreateProgram(void **program, const char *source, const char *, int headers, const char *const *, const char *const *names) {
    if (int code = called("nvrtcCreateProgram")) return code;
    std::set<std::string> given(names, names + headers);
    auto *made = new Program;
    std::istringstream lines(source);
    for (std::string line; std::getline(lines, line);) {
        size_t from = line.find('"'), to = line.rfind('"');
        if (line.rfind("#include", 0) == 0 && from < to && !given.count(line.substr(from + 1, to - from - 1))) made->missing = line;
    }
    *program = made;
    return 0;
}
int nvrtcCompileProgram(void *program, int, const char *const *) {
    if (int code = called("nvrtcCompileProgram")) return code;
    auto &missing = static_cast<Program *>(program)->missing;
    return missing.empty() ? 0 : failed("nvrtcCompileProgram", NVRTC_ERROR_COMPILATION, missing.c_str());
}
int nvrtcDestroyProgram(void **program) {
    delete static_cast<Program *>(*program);
    *program = nullptr;
    return called("nvrtcDestroyProgram");
}
int nvrtcGetPTXSize(void *, size_t *size) { return *size = sizeof PTX, called("nvrtcGetPTXSize"); }
int nvrtcGetPTX(void *, char *text) { return memcpy(text, PTX, sizeof PTX), called("nvrtcGetPTX"); }
int nvrtcGetProgramLogSize(void *program, size_t *size) {
    return *size = static_cast<Program *>(program)->missing.size() + 1, called("nvrtcGetProgramLogSize");
}
int nvrtcGetProgramLog(void *program, char *text) {
    return strcpy(text, static_cast<Program *>(program)->missing.c_str()), called("nvrtcGetProgramLog");
}

int nvrtcVersion(int *major, int *minor) { return *major = 13, *minor = 0, called("nvrtcVersion"); }
const char *nvrtcGetErrorString(int code) { return code == NVRTC_ERROR_COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR unknown"; }

} // extern "C"
