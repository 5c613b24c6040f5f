// An emulated libcuda: memory of the host, between pages that cannot be touched; kernels compiled for the host, one thread after another; the
// calls that cudarc makes for dfdx, all of them synchronous.
#include "kernel.h"
#include "report.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <sstream>
#include <unordered_map>
#include <vector>

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

namespace {

enum {
    CUDA_SUCCESS = 0,
    CUDA_ERROR_INVALID_VALUE = 1,
    CUDA_ERROR_OUT_OF_MEMORY = 2,
    CUDA_ERROR_NOT_FOUND = 500,
    CUDA_ERROR_NOT_SUPPORTED = 801,
};

// One call at a time, whichever threads make them.
std::recursive_mutex calls;

// ---- The report.

size_t allocated = 0, most_allocated = 0;
std::map<std::string, long> counts, failures, orders;
long bounds = 0, launches = 0, all_calls = 0;
const char *running = "no call";

void write_report() {
    const char *path = getenv("CUDA_EMULATOR_REPORT");
    FILE *file = path ? fopen(path, "w") : nullptr;
    if (!file) return;
    long sum = 0;
    for (auto &[name, count] : counts) sum += count, fprintf(file, "call %s %ld\n", name.c_str(), count);
    for (auto &[name, count] : failures) fprintf(file, "failed %s %ld\n", name.c_str(), count);
    for (auto &[name, count] : orders) fprintf(file, "undefined-order %s %ld\n", name.c_str(), count);
    fprintf(file, "out-of-bounds accesses %ld\ncalls all %ld\nlaunches all %ld\n", bounds, sum, launches);
    fprintf(file, "bytes most %zu\nbytes left %zu\n", most_allocated, allocated);
    fclose(file);
}

} // namespace

namespace {

// A call that is told to fail: `function=code` each time, `function=code@n` from the nth on, `function=code@n!` the nth only. The function
// `*` is all of them.
struct Wanted {
    std::string name;
    int code;
    long from;
    bool once;
};

std::vector<Wanted> wanted_failures() {
    std::vector<Wanted> found;
    const char *text = getenv("CUDA_EMULATOR_FAIL");
    std::istringstream entries(text ? text : "");
    for (std::string entry; std::getline(entries, entry, ',');) {
        size_t equals = entry.find('='), at = entry.find('@');
        if (equals == std::string::npos) continue;
        found.push_back({entry.substr(0, equals), atoi(entry.c_str() + equals + 1), at == std::string::npos ? 1 : atol(entry.c_str() + at + 1),
                         entry.back() == '!'});
    }
    return found;
}

} // namespace

int called(const char *name) {
    static const std::vector<Wanted> wanted = wanted_failures();
    std::lock_guard<std::recursive_mutex> one(calls);
    long of_name = ++counts[name], of_all = ++all_calls;
    running = name;
    for (auto &failure : wanted) {
        if (failure.name != name && failure.name != "*") continue;
        long now = failure.name == "*" ? of_all : of_name;
        if (now == failure.from || (now > failure.from && !failure.once)) return failed(name, failure.code, "told to fail");
    }
    return 0;
}

int failed(const char *name, int code, const char *why) {
    std::lock_guard<std::recursive_mutex> one(calls);
    failures[name]++;
    fprintf(stderr, "cuda-emulator: %s fails with %d: %s\n", name, code, why);
    return code;
}

void out_of_bounds(const char *what) {
    bounds++;
    fprintf(stderr, "cuda-emulator: out of bounds: %s\n", what);
}

void undefined_order(const char *what) {
    if (orders[what]++ == 0) fprintf(stderr, "cuda-emulator: undefined order: %s\n", what);
}

namespace {

// ---- Memory.

constexpr size_t PAGE = 4096;
std::map<uintptr_t, size_t> allocations;

size_t pages(size_t bytes) { return (bytes + PAGE - 1) / PAGE * PAGE; }

// The end of the allocation is the end of a page; the pages before and behind cannot be touched. What is in it is not a number.
uintptr_t allocate(size_t bytes) {
    static const size_t limit = getenv("CUDA_EMULATOR_MEMORY") ? strtoull(getenv("CUDA_EMULATOR_MEMORY"), nullptr, 10) : SIZE_MAX;
    if (allocated + bytes > limit) return 0;
    size_t inner = pages(bytes);
    void *base = mmap(nullptr, inner + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return 0;
    char *first = static_cast<char *>(base) + PAGE;
    mprotect(first, inner, PROT_READ | PROT_WRITE);
    memset(first, 0xff, inner);
    uintptr_t address = reinterpret_cast<uintptr_t>(first + inner - bytes);
    allocations[address] = bytes;
    most_allocated = std::max(most_allocated, allocated += bytes);
    return address;
}

bool release(uintptr_t address) {
    auto found = allocations.find(address);
    if (found == allocations.end()) return false;
    size_t bytes = found->second, inner = pages(bytes);
    allocated -= bytes;
    allocations.erase(found);
    munmap(reinterpret_cast<void *>(address + bytes - inner - PAGE), inner + 2 * PAGE);
    return true;
}

} // namespace

long bytes_left(const void *address) {
    uintptr_t at = reinterpret_cast<uintptr_t>(address);
    auto after = allocations.upper_bound(at);
    if (after == allocations.begin()) return -1;
    auto [start, bytes] = *--after;
    return at <= start + bytes ? long(start + bytes - at) : -1;
}

namespace {

// A page that cannot be touched was.
void on_fault(int, siginfo_t *info, void *) {
    uintptr_t at = reinterpret_cast<uintptr_t>(info->si_addr);
    auto near = allocations.upper_bound(at);
    if (near != allocations.begin()) --near;
    char what[300];
    snprintf(what, sizeof what, "%s at block %u, thread %u, %ld bytes from the start of an allocation of %zu", running, blockIdx.x, threadIdx.x,
             near == allocations.end() ? -1L : long(at - near->first), near == allocations.end() ? size_t(0) : near->second);
    out_of_bounds(what);
    write_report();
    _exit(99);
}

// ---- Threads of a block: one runs after another, on one stack, until one waits for the others.

constexpr size_t STACK = 1 << 16;

struct Fiber {
    ucontext_t context;
    std::vector<char> stack = std::vector<char>(STACK);
    unsigned thread = 0;
};

ucontext_t scheduler;
std::vector<Fiber *> idle, waiting;
Fiber *current = nullptr;
unsigned next_thread = 0;
const std::function<void(void **)> *kernel = nullptr;
void **arguments = nullptr;

void work() {
    for (;;) {
        while (next_thread < blockDim.x) {
            current->thread = next_thread++;
            threadIdx = {current->thread, 0, 0};
            (*kernel)(arguments);
        }
        idle.push_back(current);
        swapcontext(&current->context, &scheduler);
    }
}

void resume(Fiber *fiber) {
    current = fiber;
    threadIdx = {fiber->thread, 0, 0};
    swapcontext(&scheduler, &fiber->context);
}

void run_block() {
    next_thread = 0;
    // Every thread up to its first barrier, or its end.
    while (next_thread < blockDim.x) {
        if (idle.empty()) {
            auto *fiber = new Fiber;
            getcontext(&fiber->context);
            fiber->context.uc_stack.ss_sp = fiber->stack.data();
            fiber->context.uc_stack.ss_size = STACK;
            makecontext(&fiber->context, work, 0);
            idle.push_back(fiber);
        }
        Fiber *fiber = idle.back();
        idle.pop_back();
        resume(fiber);
    }
    // From barrier to barrier.
    while (!waiting.empty()) {
        auto round = std::move(waiting);
        waiting.clear();
        for (Fiber *fiber : round) resume(fiber);
    }
}

} // namespace

Triple threadIdx, blockIdx, blockDim, gridDim;

void synchronize_block() {
    waiting.push_back(current);
    swapcontext(&current->context, &scheduler);
}

std::map<std::string, std::function<void(void **)>> &kernels() {
    static std::map<std::string, std::function<void(void **)>> known;
    return known;
}

namespace {

// The additions of one launch, by address: how many, and whether the first was to 0.
struct Additions {
    int count;
    bool to_zero;
};
std::unordered_map<const void *, Additions> additions;

// One addition has one order, and two to 0 give the same bits in both.
bool is_ordered(const Additions &of) { return of.count == 1 || (of.count == 2 && of.to_zero); }

struct Function {
    std::string name;
    const std::function<void(void **)> *kernel;
};

} // namespace

void note_addition(const void *address, bool to_zero) {
    auto [at, is_new] = additions.try_emplace(address, Additions{0, to_zero});
    at->second.count++;
}

void define_kernels();

#define CALL(name)                                                                                                                         \
    std::lock_guard<std::recursive_mutex> one(calls);                                                                                      \
    if (int code = called(#name)) return code
#define CHECK(name, condition, code)                                                                                                       \
    if (!(condition)) return failed(#name, code, #condition)
#define SUCCEED(name, parameters, body)                                                                                                    \
    int name parameters {                                                                                                                  \
        CALL(name);                                                                                                                        \
        body;                                                                                                                              \
        return CUDA_SUCCESS;                                                                                                               \
    }
#define UNSUPPORTED(name)                                                                                                                  \
    int name() {                                                                                                                           \
        CALL(name);                                                                                                                        \
        return failed(#name, CUDA_ERROR_NOT_SUPPORTED, "not emulated");                                                                    \
    }
#define COPY(name, ...)                                                                                                                    \
    int name(uintptr_t to, uintptr_t from, size_t bytes __VA_ARGS__) {                                                                     \
        CALL(name);                                                                                                                        \
        return copy(#name, to, from, bytes);                                                                                               \
    }
#define FILL(name, ...)                                                                                                                    \
    int name(uintptr_t to, unsigned char value, size_t bytes __VA_ARGS__) {                                                                \
        CALL(name);                                                                                                                        \
        memset(reinterpret_cast<void *>(to), value, bytes);                                                                                \
        return CUDA_SUCCESS;                                                                                                               \
    }

// Beyond an allocation lies a page that cannot be touched.
static int copy(const char *, uintptr_t to, uintptr_t from, size_t bytes) {
    memcpy(reinterpret_cast<void *>(to), reinterpret_cast<const void *>(from), bytes);
    return CUDA_SUCCESS;
}

static int allocate_into(const char *name, uintptr_t *to, size_t bytes) {
    *to = bytes == 0 ? 0 : allocate(bytes);
    return bytes > 0 && *to == 0 ? failed(name, CUDA_ERROR_OUT_OF_MEMORY, "no more memory") : CUDA_SUCCESS;
}

extern "C" {

int cuInit(unsigned) {
    static bool before = false;
    if (!before) {
        before = true;
        define_kernels();
        atexit(write_report);
        struct sigaction action = {};
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGSEGV, &action, nullptr);
    }
    CALL(cuInit);
    return CUDA_SUCCESS;
}
// Some errors have a name, others are newer than this driver.
int cuGetErrorName(int code, const char **name) {
    static const std::map<int, const char *> names = {
        {0, "CUDA_SUCCESS"},
        {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
        {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
        {100, "CUDA_ERROR_NO_DEVICE"},
        {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
        {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
        {719, "CUDA_ERROR_LAUNCH_FAILED"},
        {CUDA_ERROR_NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED"},
        {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
        {999, "CUDA_ERROR_UNKNOWN"},
    };
    auto found = names.find(code);
    *name = found == names.end() ? nullptr : found->second;
    return *name ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
int cuDeviceGetName(char *name, int size, int) {
    CALL(cuDeviceGetName);
    snprintf(name, size, "emulated GPU");
    return CUDA_SUCCESS;
}
SUCCEED(cuDriverGetVersion, (int *version), *version = 13000)

SUCCEED(cuDeviceGetCount, (int *count), *count = 1)
SUCCEED(cuDeviceGet, (int *device, int), *device = 0)
int cuDeviceGetAttribute(int *value, int attribute, int) {
    CALL(cuDeviceGetAttribute);
    // The compute capability, and memory pools, which there are unless CUDA_EMULATOR_NO_POOLS is set.
    *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 115 ? getenv("CUDA_EMULATOR_NO_POOLS") == nullptr : 0;
    return CUDA_SUCCESS;
}
SUCCEED(cuDevicePrimaryCtxRetain, (void **context, int), *context = &calls)
SUCCEED(cuDevicePrimaryCtxRelease_v2, (int), )
SUCCEED(cuCtxSetCurrent, (void *), )
SUCCEED(cuCtxGetCurrent, (void **context), *context = &calls)
SUCCEED(cuStreamCreate, (void **stream, unsigned), *stream = &scheduler)
SUCCEED(cuStreamDestroy_v2, (void *), )
SUCCEED(cuStreamSynchronize, (void *), )
SUCCEED(cuStreamWaitEvent, (void *, void *, unsigned), )
SUCCEED(cuEventCreate, (void **event, unsigned), *event = &running)
SUCCEED(cuEventRecord, (void *, void *), )
SUCCEED(cuEventDestroy_v2, (void *), )

int cuMemAlloc_v2(uintptr_t *to, size_t bytes) {
    CALL(cuMemAlloc_v2);
    CHECK(cuMemAlloc_v2, bytes > 0, CUDA_ERROR_INVALID_VALUE);
    return allocate_into("cuMemAlloc_v2", to, bytes);
}
int cuMemAllocAsync(uintptr_t *to, size_t bytes, void *) {
    CALL(cuMemAllocAsync);
    return allocate_into("cuMemAllocAsync", to, bytes);
}
int cuMemFree_v2(uintptr_t address) {
    CALL(cuMemFree_v2);
    CHECK(cuMemFree_v2, address == 0 || release(address), CUDA_ERROR_INVALID_VALUE);
    return CUDA_SUCCESS;
}
int cuMemFreeAsync(uintptr_t address, void *) {
    CALL(cuMemFreeAsync);
    CHECK(cuMemFreeAsync, address == 0 || release(address), CUDA_ERROR_INVALID_VALUE);
    return CUDA_SUCCESS;
}
SUCCEED(cuMemGetInfo_v2, (size_t * free, size_t *total), *free = *total = size_t(1) << 37)
FILL(cuMemsetD8_v2)
FILL(cuMemsetD8Async, , void *)
COPY(cuMemcpyHtoD_v2)
COPY(cuMemcpyHtoDAsync_v2, , void *)
COPY(cuMemcpyDtoH_v2)
COPY(cuMemcpyDtoHAsync_v2, , void *)
COPY(cuMemcpyDtoD_v2)
COPY(cuMemcpyDtoDAsync_v2, , void *)

SUCCEED(cuModuleLoadData, (void **module, const void *), *module = &kernels())
SUCCEED(cuModuleLoad, (void **module, const char *), *module = &kernels())
SUCCEED(cuModuleUnload, (void *), )
int cuModuleGetFunction(void **function, void *, const char *name) {
    CALL(cuModuleGetFunction);
    auto found = kernels().find(name);
    if (found == kernels().end()) return failed(name, CUDA_ERROR_NOT_FOUND, "no such kernel is compiled: see build.sh");
    *function = new Function{name, &found->second};
    return CUDA_SUCCESS;
}

int cuLaunchKernel(void *of, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned, void *, void **parameters,
                   void **) {
    CALL(cuLaunchKernel);
    CHECK(cuLaunchKernel, gx > 0 && bx > 0 && bx <= 1024, CUDA_ERROR_INVALID_VALUE);
    CHECK(cuLaunchKernel, gy == 1 && gz == 1 && by == 1 && bz == 1, CUDA_ERROR_NOT_SUPPORTED);
    auto *function = static_cast<Function *>(of);
    running = function->name.c_str();
    launches++;
    kernel = function->kernel;
    arguments = parameters;
    blockDim = {bx, 1, 1};
    gridDim = {gx, 1, 1};
    additions.clear();
    for (unsigned block = 0; block < gx; block++) {
        blockIdx = {block, 0, 0};
        run_block();
    }
    for (auto &[address, of_address] : additions) {
        if (!is_ordered(of_address)) {
            undefined_order(running);
            break;
        }
    }
    return CUDA_SUCCESS;
}

// NVIDIA's own NVRTC asks for it, where it stands in the emulated one's place, and does without.
int cuGetExportTable(const void **, const void *) { return CUDA_ERROR_NOT_SUPPORTED; }

UNSUPPORTED(cuDeviceTotalMem_v2)
UNSUPPORTED(cuEventElapsedTime)
UNSUPPORTED(cuProfilerStart)
UNSUPPORTED(cuProfilerStop)
UNSUPPORTED(cuImportExternalMemory)
UNSUPPORTED(cuDestroyExternalMemory)
UNSUPPORTED(cuExternalMemoryGetMappedBuffer)
UNSUPPORTED(cuOccupancyAvailableDynamicSMemPerBlock)
UNSUPPORTED(cuOccupancyMaxActiveBlocksPerMultiprocessor)
UNSUPPORTED(cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags)
UNSUPPORTED(cuOccupancyMaxActiveClusters)
UNSUPPORTED(cuOccupancyMaxPotentialBlockSize)
UNSUPPORTED(cuOccupancyMaxPotentialBlockSizeWithFlags)
UNSUPPORTED(cuOccupancyMaxPotentialClusterSize)

} // extern "C"
