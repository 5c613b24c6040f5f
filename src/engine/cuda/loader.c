// NVIDIA's libraries, loaded when they are first asked for instead of when the program starts.
//
// cudarc calls the functions below by name. Linked against libcuda, libnvrtc and libcublas, a program would not even start on a machine
// that lacks one of them. So each of these names is defined here, as a jump through a pointer that is set when the library has been
// loaded; until then, and where the library has no such function, the pointer leads to a function that returns an error. No signatures
// are needed: a jump leaves arguments, stack and return address as they are.
//
// Four functions do more than jump: cuInit, cublasCreate_v2 and nvrtcCreateProgram, before which nothing of their library is called,
// load it; and cublasSetStream_v2 and again the last two fix what would depend on the machine, as is said there.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef CUDA_MAJOR // Of the toolkit that dfdx's kernels are compiled by; 0 where there is none.
#define CUDA_MAJOR 0
#endif
#ifndef CUDA_LIBRARIES // The folder of that toolkit's libraries.
#define CUDA_LIBRARIES ""
#endif

// Error codes, as in cuda.h, nvrtc.h and cublas_api.h.
enum {
    CUDA_ERROR_STUB_LIBRARY = 34,
    CUDA_ERROR_NOT_SUPPORTED = 801,
    NVRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7,
    CUBLAS_STATUS_LICENSE_ERROR = 16,
};

// What cudarc 0.9.15 calls with dfdx 0.13: names that are missing here are reported by the linker.
#define DRIVER(X)                                                                                                                          \
    X(cuGetErrorName) X(cuGetErrorString) X(cuDeviceGet) X(cuDeviceGetCount) X(cuDeviceGetAttribute) X(cuDeviceTotalMem_v2)                \
    X(cuDevicePrimaryCtxRetain) X(cuDevicePrimaryCtxRelease_v2) X(cuCtxSetCurrent) X(cuCtxGetCurrent) X(cuStreamCreate)                    \
    X(cuStreamDestroy_v2) X(cuStreamSynchronize) X(cuStreamWaitEvent) X(cuEventCreate) X(cuEventRecord) X(cuEventDestroy_v2)               \
    X(cuEventElapsedTime) X(cuMemAlloc_v2) X(cuMemAllocAsync) X(cuMemFree_v2) X(cuMemFreeAsync) X(cuMemGetInfo_v2)                         \
    X(cuMemsetD8Async) X(cuMemsetD8_v2) X(cuMemcpyHtoDAsync_v2) X(cuMemcpyHtoD_v2) X(cuMemcpyDtoHAsync_v2) X(cuMemcpyDtoH_v2)              \
    X(cuMemcpyDtoDAsync_v2) X(cuMemcpyDtoD_v2) X(cuModuleLoad) X(cuModuleLoadData) X(cuModuleGetFunction) X(cuModuleUnload)                \
    X(cuLaunchKernel) X(cuProfilerStart) X(cuProfilerStop) X(cuImportExternalMemory) X(cuDestroyExternalMemory)                            \
    X(cuExternalMemoryGetMappedBuffer) X(cuOccupancyAvailableDynamicSMemPerBlock) X(cuOccupancyMaxActiveBlocksPerMultiprocessor)           \
    X(cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags) X(cuOccupancyMaxActiveClusters) X(cuOccupancyMaxPotentialBlockSize)            \
    X(cuOccupancyMaxPotentialBlockSizeWithFlags) X(cuOccupancyMaxPotentialClusterSize)
#define COMPILER(X)                                                                                                                        \
    X(nvrtcCompileProgram) X(nvrtcDestroyProgram) X(nvrtcGetPTXSize) X(nvrtcGetPTX) X(nvrtcGetProgramLogSize) X(nvrtcGetProgramLog)
#define BLAS(X)                                                                                                                            \
    X(cublasDestroy_v2) X(cublasSgemm_v2) X(cublasDgemm_v2) X(cublasSgemv_v2) X(cublasDgemv_v2) X(cublasGemmEx)                            \
    X(cublasSgemmStridedBatched) X(cublasDgemmStridedBatched) X(cublasGemmStridedBatchedEx)

// The answers of functions that are not there.
static int no_driver(void) { return CUDA_ERROR_NOT_SUPPORTED; }
static int no_compiler(void) { return NVRTC_ERROR_BUILTIN_OPERATION_FAILURE; }
static int no_blas(void) { return CUBLAS_STATUS_LICENSE_ERROR; }

#if defined(__x86_64__)
#define JUMP(name) "jmp *loaded_" name "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(name) "adrp x16, loaded_" name "\nldr x16, [x16, :lo12:loaded_" name "]\nbr x16\n"
#else
#error "no jump through a pointer is written for this processor"
#endif

#define DEFINE(name, otherwise)                                                                                                            \
    static void *loaded_##name __attribute__((used)) = (void *)otherwise;                                                                  \
    __asm__(".pushsection .text\n.globl " #name "\n.type " #name ", %function\n" #name ":\n" JUMP(#name) ".size " #name ", . - " #name          \
            "\n.popsection\n");
#define DEFINE_DRIVER(name) DEFINE(name, no_driver)
#define DEFINE_COMPILER(name) DEFINE(name, no_compiler)
#define DEFINE_BLAS(name) DEFINE(name, no_blas)
DRIVER(DEFINE_DRIVER)
COMPILER(DEFINE_COMPILER)
BLAS(DEFINE_BLAS)

// Sets the pointer of a function that `library` has.
#define SET(name)                                                                                                                          \
    if ((found = dlsym(library, #name))) loaded_##name = found;

// Loads lib`name`.so of the build's own major version, then of others, where the system looks and in the toolkit's folder.
static void *load(const char *name) {
    static const char *const versions[] = {".13", ".12", ".11.2", ".11", ""};
    char own[16], file[4096];
    snprintf(own, sizeof own, ".%d", CUDA_MAJOR);
    for (int place = 0; place < 2; place++) {
        const char *folder = place == 0 ? "" : CUDA_LIBRARIES "/";
        for (int version = -1; version < (int)(sizeof versions / sizeof *versions); version++) {
            snprintf(file, sizeof file, "%slib%s.so%s", folder, name, version < 0 ? own : versions[version]);
            void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
            if (library) return library;
        }
    }
    return NULL;
}

static int (*real_init)(unsigned flags);
static void load_driver(void) {
    void *found, *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    DRIVER(SET)
    real_init = (int (*)(unsigned))dlsym(library, "cuInit");
}

// The first call of all. Without a driver it answers as the stub of a toolkit does.
int cuInit(unsigned flags) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_driver);
    return real_init ? real_init(flags) : CUDA_ERROR_STUB_LIBRARY;
}

static int (*real_create_program)(void **, const char *, const char *, int, const char *const *, const char *const *);
static void load_compiler(void) {
    void *found, *library = load("nvrtc");
    if (!library) return;
    COMPILER(SET)
    real_create_program = (int (*)(void **, const char *, const char *, int, const char *const *, const char *const *))dlsym(
        library, "nvrtcCreateProgram");
}

// dfdx's programs include cuda_fp16.h, of which those for f32 and f64 use nothing. It would be looked for in the toolkit's folder on the
// machine of the build; an empty one is given along instead, so that the program may run on a machine without that folder.
int nvrtcCreateProgram(void **program, const char *source, const char *name, int headers, const char *const *texts,
                       const char *const *names) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const char *const empty[] = {""}, *const header[] = {"cuda_fp16.h"};
    pthread_once(&once, load_compiler);
    if (!real_create_program) return NVRTC_ERROR_BUILTIN_OPERATION_FAILURE;
    if (headers == 0) return real_create_program(program, source, name, 1, empty, header);
    return real_create_program(program, source, name, headers, texts, names);
}

static int (*real_create_handle)(void **);
static void load_blas(void) {
    // cuBLAS reads it when it makes a handle: workspaces of a fixed size, so that the same product takes the same algorithm and has the same
    // bits each time (cuBLAS, "Results reproducibility"). Whoever has set it means something by it. The first handle is that of the probe, before the
    // threads of trials begin.
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    void *found, *library = load("cublas");
    if (!library) return;
    BLAS(SET)
    real_create_handle = (int (*)(void **))dlsym(library, "cublasCreate_v2");
}

int cublasCreate_v2(void **handle) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_blas);
    return real_create_handle ? real_create_handle(handle) : CUBLAS_STATUS_LICENSE_ERROR;
}

// Products stay on the one default stream, on which all else is done. dfdx would put half of the backward products on a second stream,
// which waits for the first and for which the first waits; cuBLAS promises the same bits for one active stream only.
int cublasSetStream_v2(void *handle, void *stream) {
    (void)handle, (void)stream;
    return 0;
}
