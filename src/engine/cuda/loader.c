// NVIDIA's libraries, loaded when they are first asked for instead of when the program starts, and their errors made fit for cudarc.
//
// cudarc calls the functions below by name. Linked against libcuda, libnvrtc and libcublas, a program would not even start on a machine
// that lacks one of them. So each of these names is defined here and calls on through a pointer, which is set when the library has been
// loaded; where there is no library, or it has no such function, the call fails. cuInit, nvrtcCreateProgram and cublasCreate_v2, before
// which nothing of their library is called, load it.
//
// A call that fails is noted with its true number, and answered in a way that cudarc 0.9.15 can bear:
//
// - A number that its enumerations do not have would be undefined behaviour there. It becomes one that they have.
// - It panics where a destructor's call fails, which aborts the program if the destructor runs because of a panic, as it does once a device
//   is lost. Such calls ("quiet" below) never fail: their error is kept, and is that of the next call of the driver that may fail.
//
// The note is read by cudarc's own safe functions, through cuGetErrorString and cuGetErrorName of CUDA_SUCCESS, which is no error and has
// no other use: see there.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef CUDA_MAJOR // Of the toolkit that dfdx's kernels are compiled by; 0 where there is none.
#define CUDA_MAJOR 0
#endif
#ifndef CUDA_LIBRARIES // The folder of that toolkit's libraries.
#define CUDA_LIBRARIES ""
#endif
#if !defined(__x86_64__) && !defined(__aarch64__)
#error "calls through pointers to functions of other parameters are known to work on x86-64 and aarch64 only"
#endif

// Error codes, as in cuda.h, nvrtc.h and cublas_api.h.
enum {
    CUDA_SUCCESS = 0,
    CUDA_ERROR_STUB_LIBRARY = 34,
    CUDA_ERROR_NOT_SUPPORTED = 801,
    CUDA_ERROR_UNKNOWN = 999,
    NVRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7,
    NVRTC_ERROR_INTERNAL_ERROR = 11,
    CUBLAS_STATUS_INTERNAL_ERROR = 14,
    CUBLAS_STATUS_LICENSE_ERROR = 16,
    // In a note: there is no such library, or it has no such function.
    MISSING = -1,
};

// ---- Notes of calls that fail, for each thread.

struct note {
    const char *call; // None: there is no note.
    int number;
};
static _Thread_local struct note first; // The first call that failed since somebody asked.
static _Thread_local struct note kept;  // A quiet call, of which no call has told yet.

static void take_note(const char *call, int number) {
    if (!first.call) first = (struct note){call, number};
}

// The codes that cudarc 0.9.15 has.
static int known_to_cudarc(int code) {
    static const short ranges[][2] = {{0, 8}, {34, 34}, {46, 46}, {100, 102}, {200, 202}, {205, 224}, {300, 304}, {400, 401}, {500, 500},
                                      {600, 600}, {700, 705}, {708, 720}, {800, 810}, {900, 912}, {999, 999}};
    for (size_t at = 0; at < sizeof ranges / sizeof *ranges; at++) {
        if (ranges[at][0] <= code && code <= ranges[at][1]) return 1;
    }
    return 0;
}

static int fails_driver(const char *call, int number) {
    take_note(call, number);
    if (number == MISSING) return CUDA_ERROR_NOT_SUPPORTED;
    return known_to_cudarc(number) ? number : CUDA_ERROR_UNKNOWN;
}
static int fails_compiler(const char *call, int number) {
    take_note(call, number);
    if (number == MISSING) return NVRTC_ERROR_BUILTIN_OPERATION_FAILURE;
    return 1 <= number && number <= 11 ? number : NVRTC_ERROR_INTERNAL_ERROR;
}
static int fails_blas(const char *call, int number) {
    take_note(call, number);
    if (number == MISSING) return CUBLAS_STATUS_LICENSE_ERROR;
    static const char known[17] = {[1] = 1, [3] = 1, [7] = 1, [8] = 1, [11] = 1, [13] = 1, [14] = 1, [15] = 1, [16] = 1};
    return 0 < number && number < 17 && known[number] ? number : CUBLAS_STATUS_INTERNAL_ERROR;
}

static int answer_driver(const char *call, int number) { return number == 0 ? 0 : fails_driver(call, number); }
static int answer_compiler(const char *call, int number) { return number == 0 ? 0 : fails_compiler(call, number); }
static int answer_blas(const char *call, int number) { return number == 0 ? 0 : fails_blas(call, number); }

static int keep(const char *call, int number) {
    if (number != 0) {
        take_note(call, number);
        if (!kept.call) kept = (struct note){call, number};
    }
    return 0;
}

// The error that was kept, which is now told of.
static int told(void) {
    struct note of = kept;
    kept = (struct note){NULL, 0};
    int of_driver = of.call[0] == 'c' && of.call[1] == 'u' && of.call[2] != 'b';
    return of_driver && known_to_cudarc(of.number) ? of.number : CUDA_ERROR_UNKNOWN;
}

// ---- The functions.

// What cudarc 0.9.15 calls with dfdx 0.13, with the number of parameters: names that are missing here are reported by the linker. All
// parameters are integers and addresses, so that each fits a long, wherever it is handed over: they are not looked at.
#define DRIVER(X)                                                                                                                          \
    X(cuDeviceGetCount, 1) X(cuDeviceGetAttribute, 3) X(cuDeviceTotalMem_v2, 2) X(cuDevicePrimaryCtxRetain, 2) X(cuCtxGetCurrent, 1)       \
    X(cuStreamCreate, 2) X(cuStreamSynchronize, 1) X(cuEventCreate, 2) X(cuEventElapsedTime, 3) X(cuMemGetInfo_v2, 2)                      \
    X(cuMemcpyHtoDAsync_v2, 4) X(cuMemcpyHtoD_v2, 3) X(cuMemcpyDtoHAsync_v2, 4) X(cuMemcpyDtoH_v2, 3) X(cuMemcpyDtoDAsync_v2, 4)           \
    X(cuMemcpyDtoD_v2, 3) X(cuModuleLoad, 2) X(cuModuleLoadData, 2) X(cuModuleGetFunction, 3) X(cuLaunchKernel, 11) X(cuProfilerStart, 0)  \
    X(cuProfilerStop, 0) X(cuImportExternalMemory, 3) X(cuExternalMemoryGetMappedBuffer, 3) X(cuOccupancyAvailableDynamicSMemPerBlock, 4)  \
    X(cuOccupancyMaxActiveBlocksPerMultiprocessor, 4) X(cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags, 5)                           \
    X(cuOccupancyMaxActiveClusters, 3) X(cuOccupancyMaxPotentialBlockSize, 6) X(cuOccupancyMaxPotentialBlockSizeWithFlags, 7)              \
    X(cuOccupancyMaxPotentialClusterSize, 3)
// Those whose failure is a panic there.
#define QUIET_DRIVER(X)                                                                                                                    \
    X(cuDevicePrimaryCtxRelease_v2, 1) X(cuCtxSetCurrent, 1) X(cuStreamDestroy_v2, 1) X(cuStreamWaitEvent, 3) X(cuEventRecord, 2)          \
    X(cuEventDestroy_v2, 1) X(cuModuleUnload, 1) X(cuDestroyExternalMemory, 1)
// Another one of these, which has to give a device all the same.
#define CHOOSE(X) X(cuDeviceGet, 2)
// Those that have nothing to do where a buffer is empty or there is none: dfdx makes an empty buffer for each that it puts into its cache, in a
// destructor, and a device without memory pools refuses to allocate nothing.
#define ALLOCATE(X) X(cuMemAllocAsync, 3) X(cuMemAlloc_v2, 2)
#define FREE(X) X(cuMemFreeAsync, 2) X(cuMemFree_v2, 1)
#define FILL(X) X(cuMemsetD8Async, 4) X(cuMemsetD8_v2, 3)
#define COMPILER(X) X(nvrtcCompileProgram, 3) X(nvrtcGetPTXSize, 2) X(nvrtcGetPTX, 2)
#define QUIET_COMPILER(X) X(nvrtcDestroyProgram, 1)
#define BLAS(X)                                                                                                                            \
    X(cublasSgemm_v2, 14) X(cublasDgemm_v2, 14) X(cublasSgemv_v2, 12) X(cublasDgemv_v2, 12) X(cublasGemmEx, 19)                            \
    X(cublasSgemmStridedBatched, 18) X(cublasDgemmStridedBatched, 18) X(cublasGemmStridedBatchedEx, 23)
#define QUIET_BLAS(X) X(cublasDestroy_v2, 1)

#define WITH_0(M)
#define WITH_1(M) M(1)
#define WITH_2(M) WITH_1(M), M(2)
#define WITH_3(M) WITH_2(M), M(3)
#define WITH_4(M) WITH_3(M), M(4)
#define WITH_5(M) WITH_4(M), M(5)
#define WITH_6(M) WITH_5(M), M(6)
#define WITH_7(M) WITH_6(M), M(7)
#define WITH_8(M) WITH_7(M), M(8)
#define WITH_9(M) WITH_8(M), M(9)
#define WITH_10(M) WITH_9(M), M(10)
#define WITH_11(M) WITH_10(M), M(11)
#define WITH_12(M) WITH_11(M), M(12)
#define WITH_13(M) WITH_12(M), M(13)
#define WITH_14(M) WITH_13(M), M(14)
#define WITH_15(M) WITH_14(M), M(15)
#define WITH_16(M) WITH_15(M), M(16)
#define WITH_17(M) WITH_16(M), M(17)
#define WITH_18(M) WITH_17(M), M(18)
#define WITH_19(M) WITH_18(M), M(19)
#define WITH_20(M) WITH_19(M), M(20)
#define WITH_21(M) WITH_20(M), M(21)
#define WITH_22(M) WITH_21(M), M(22)
#define WITH_23(M) WITH_22(M), M(23)
#define PARAMETER(at) long a##at
#define ARGUMENT(at) a##at
#define TYPE(at) long

#define DEFINE(name, count, before, answer)                                                                                                \
    static int (*loaded_##name)(WITH_##count(TYPE));                                                                                       \
    int name(WITH_##count(PARAMETER)) {                                                                                                    \
        before;                                                                                                                            \
        return answer(#name, loaded_##name ? loaded_##name(WITH_##count(ARGUMENT)) : MISSING);                                             \
    }
static int no_bytes(long address) {
    *(long *)address = 0;
    return 0;
}
#define TELL                                                                                                                               \
    if (kept.call) return told()
#define DEFINE_DRIVER(name, count) DEFINE(name, count, TELL, answer_driver)
#define DEFINE_QUIET(name, count) DEFINE(name, count, , keep)
#define DEFINE_CHOOSE(name, count) DEFINE(name, count, *(int *)a1 = 0, keep)
#define DEFINE_ALLOCATE(name, count) DEFINE(name, count, if (a2 == 0) return no_bytes(a1); TELL, answer_driver)
#define DEFINE_FREE(name, count) DEFINE(name, count, if (a1 == 0) return 0, keep)
#define DEFINE_FILL(name, count) DEFINE(name, count, if (a3 == 0) return 0; TELL, answer_driver)
#define DEFINE_COMPILER(name, count) DEFINE(name, count, , answer_compiler)
#define DEFINE_BLAS(name, count) DEFINE(name, count, , answer_blas)
DRIVER(DEFINE_DRIVER)
QUIET_DRIVER(DEFINE_QUIET)
CHOOSE(DEFINE_CHOOSE)
ALLOCATE(DEFINE_ALLOCATE)
FREE(DEFINE_FREE)
FILL(DEFINE_FILL)
COMPILER(DEFINE_COMPILER)
QUIET_COMPILER(DEFINE_QUIET)
BLAS(DEFINE_BLAS)
QUIET_BLAS(DEFINE_QUIET)

// Sets the pointer of a function, if `library` has it.
#define SET(name, count) loaded_##name = (int (*)(WITH_##count(TYPE)))dlsym(library, #name);

// ---- The driver.

static int (*real_init)(unsigned flags), (*real_error_name)(int, const char **), (*real_device_name)(char *, int, int),
    (*real_driver_version)(int *);

static void load_driver(void) {
    void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    DRIVER(SET)
    QUIET_DRIVER(SET)
    CHOOSE(SET)
    ALLOCATE(SET)
    FREE(SET)
    FILL(SET)
    real_init = (int (*)(unsigned))dlsym(library, "cuInit");
    real_error_name = (int (*)(int, const char **))dlsym(library, "cuGetErrorName");
    real_device_name = (int (*)(char *, int, int))dlsym(library, "cuDeviceGetName");
    real_driver_version = (int (*)(int *))dlsym(library, "cuDriverGetVersion");
}

// The first call of all, and a quiet one: a device is opened by a function that panics where it fails. Without a driver it fails as the
// stub of a toolkit does.
int cuInit(unsigned flags) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_driver);
    return keep("cuInit", real_init ? real_init(flags) : CUDA_ERROR_STUB_LIBRARY);
}

// ---- The compiler.

// A library of one of the versions, in a folder that ends in a slash, or where the system looks for any.
static void *load_from(const char *folder, const char *name) {
    static const char *const versions[] = {".13", ".12", ".11.2", ".11", ""};
    char own[16], file[4096];
    snprintf(own, sizeof own, ".%d", CUDA_MAJOR);
    for (int version = -1; version < (int)(sizeof versions / sizeof *versions); version++) {
        snprintf(file, sizeof file, "%slib%s.so%s", folder, name, version < 0 ? own : versions[version]);
        void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

// Loads a library of the build's own major version, then of others, where the system looks and in the toolkit's folder. `needed` is one that
// it loads by itself where the system looks only, of whatever version; once there, it is found by its name.
static void *load(const char *name, const char *needed) {
    void *library = load_from("", name);
    if (library || !*CUDA_LIBRARIES) return library;
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/lib%s.so*", CUDA_LIBRARIES, needed);
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t at = 0; at < found.gl_pathc && !dlopen(found.gl_pathv[at], RTLD_NOW | RTLD_LOCAL); at++) continue;
        globfree(&found);
    }
    return load_from(CUDA_LIBRARIES "/", name);
}

static int (*real_create_program)(void **, const char *, const char *, int, const char *const *, const char *const *);
static int (*real_log_size)(void *, size_t *), (*real_log)(void *, char *), (*real_compiler_version)(int *, int *);
static const char *(*real_compiler_text)(int);

static void load_compiler(void) {
    void *library = load("nvrtc", "nvrtc-builtins");
    if (!library) return;
    COMPILER(SET)
    QUIET_COMPILER(SET)
    real_create_program = (int (*)(void **, const char *, const char *, int, const char *const *, const char *const *))dlsym(
        library, "nvrtcCreateProgram");
    real_log_size = (int (*)(void *, size_t *))dlsym(library, "nvrtcGetProgramLogSize");
    real_log = (int (*)(void *, char *))dlsym(library, "nvrtcGetProgramLog");
    real_compiler_version = (int (*)(int *, int *))dlsym(library, "nvrtcVersion");
    real_compiler_text = (const char *(*)(int))dlsym(library, "nvrtcGetErrorString");
}

// dfdx's programs include cuda_fp16.h, of which those for f32 and f64 use nothing. It would be looked for in the toolkit's folder on the
// machine of the build; an empty one is given along instead, so that the program may run on a machine without that folder.
int nvrtcCreateProgram(void **program, const char *source, const char *name, int headers, const char *const *texts,
                       const char *const *names) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const char *const empty[] = {""}, *const header[] = {"cuda_fp16.h"};
    pthread_once(&once, load_compiler);
    if (!real_create_program) return fails_compiler("nvrtcCreateProgram", MISSING);
    if (headers == 0) headers = 1, texts = empty, names = header;
    return answer_compiler("nvrtcCreateProgram", real_create_program(program, source, name, headers, texts, names));
}

// The log is asked for where a program was not compiled, in a way that panics: one that cannot be had is empty.
int nvrtcGetProgramLogSize(void *program, size_t *size) {
    if (!real_log_size || !real_log || real_log_size(program, size) != 0) *size = 1;
    return 0;
}
int nvrtcGetProgramLog(void *program, char *text) {
    if (!real_log || real_log(program, text) != 0) *text = 0;
    return 0;
}

// ---- cuBLAS.

static int (*real_create_handle)(void **), (*real_blas_property)(int, int *);
static const char *(*real_blas_name)(int);

static void load_blas(void) {
    // cuBLAS reads it when it makes a handle: workspaces of a fixed size, so that the same product takes the same algorithm and has the same
    // bits each time (cuBLAS, "Results reproducibility"). Whoever has set one of the two values that promise this means something by it.
    // The first handle is that of the probe, before the threads of trials begin.
    const char *workspace = getenv("CUBLAS_WORKSPACE_CONFIG");
    if (!workspace || (strcmp(workspace, ":4096:8") != 0 && strcmp(workspace, ":16:8") != 0)) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 1);
    void *library = load("cublas", "cublasLt");
    if (!library) return;
    BLAS(SET)
    QUIET_BLAS(SET)
    real_create_handle = (int (*)(void **))dlsym(library, "cublasCreate_v2");
    real_blas_property = (int (*)(int, int *))dlsym(library, "cublasGetProperty");
    real_blas_name = (const char *(*)(int))dlsym(library, "cublasGetStatusName");
}

int cublasCreate_v2(void **handle) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_blas);
    return answer_blas("cublasCreate_v2", real_create_handle ? real_create_handle(handle) : MISSING);
}

// Products stay on the one default stream, on which all else is done. dfdx would put half of the backward products on a second stream,
// which waits for the first and for which the first waits; cuBLAS promises the same bits for one active stream only.
int cublasSetStream_v2(void *handle, void *stream) {
    (void)handle, (void)stream;
    return 0;
}

// ---- What is asked by the program itself.

static const char *name_of(const char *call, int number) {
    const char *name = NULL;
    if (number == MISSING) return "";
    if (strncmp(call, "nvrtc", 5) == 0) {
        name = real_compiler_text ? real_compiler_text(number) : NULL;
    } else if (strncmp(call, "cublas", 6) == 0) {
        name = real_blas_name ? real_blas_name(number) : NULL;
    } else if (real_error_name && real_error_name(number, &name) != 0) {
        name = NULL;
    }
    return name ? name : "";
}

// Of an error, a text. Of CUDA_SUCCESS, the first call of this thread that failed since this was asked last, as "call number name", where the
// number is -1 for a library that is missing; empty if none failed. It is forgotten, also as an error that is yet to be told of.
int cuGetErrorString(int code, const char **text) {
    static _Thread_local char note[256];
    *text = "";
    if (code != CUDA_SUCCESS) return 0;
    if (first.call) {
        snprintf(note, sizeof note, "%s %d %s", first.call, first.number, name_of(first.call, first.number));
        *text = note;
    }
    first = kept = (struct note){NULL, 0};
    return 0;
}

// Of an error, its name. Of CUDA_SUCCESS, the first GPU, its driver and the libraries that are loaded, a line each: the GPU's name; its compute
// capability; the newest CUDA that the driver knows; the versions of NVRTC and of cuBLAS. A line is empty where that is not known.
int cuGetErrorName(int code, const char **text) {
    static _Thread_local char lines[512];
    *text = code == CUDA_SUCCESS ? lines : name_of("cu", code);
    if (code != CUDA_SUCCESS) return 0;
    char name[256] = "", capability[32] = "", driver[32] = "", compiler[32] = "", blas[48] = "";
    int a, b, c;
    if (!real_device_name || real_device_name(name, sizeof name, 0) != 0) *name = 0;
    if (loaded_cuDeviceGetAttribute && loaded_cuDeviceGetAttribute((long)&a, 75, 0) == 0 && loaded_cuDeviceGetAttribute((long)&b, 76, 0) == 0)
        snprintf(capability, sizeof capability, "%d.%d", a, b);
    if (real_driver_version && real_driver_version(&a) == 0) snprintf(driver, sizeof driver, "%d.%d", a / 1000, a % 1000 / 10);
    if (real_compiler_version && real_compiler_version(&a, &b) == 0) snprintf(compiler, sizeof compiler, "%d.%d", a, b);
    if (real_blas_property && real_blas_property(0, &a) == 0 && real_blas_property(1, &b) == 0 && real_blas_property(2, &c) == 0)
        snprintf(blas, sizeof blas, "%d.%d.%d", a, b, c);
    snprintf(lines, sizeof lines, "%s\n%s\n%s\n%s\n%s", name, capability, driver, compiler, blas);
    return 0;
}
