// What dfdx's kernels need of CUDA C++, for a compiler of the host.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#define __CUDA_ARCH__ 900
#define __device__
#define __forceinline__ inline
// Blocks run one after another, so one copy for all threads is one copy for the block's.
#define __shared__ static

struct Triple {
    unsigned x, y, z;
};
// Of the thread that runs.
extern Triple threadIdx, blockIdx, blockDim, gridDim;

using std::isnan, std::signbit, std::max, std::min;

// Suspends the thread until all threads of its block have come here or ended.
void synchronize_block();
#define __syncthreads() synchronize_block()

// Tells the driver of an addition in no fixed order, to an address that holds 0 or not.
void note_addition(const void *address, bool to_zero);

template <class T> T atomicAdd(T *address, std::type_identity_t<T> value) {
    T before = *address;
    note_addition(address, before == T(0.0));
    *address = before + value;
    return before;
}
template <class T> T atomicMax(T *address, std::type_identity_t<T> value) {
    T before = *address;
    *address = max(before, value);
    return before;
}
template <class T> T atomicMin(T *address, std::type_identity_t<T> value) {
    T before = *address;
    *address = min(before, value);
    return before;
}
template <class T> T atomicCAS(T *address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
    T before = *address;
    if (before == expected) *address = value;
    return before;
}

template <class To, class From> To bits(From from) {
    To to;
    static_assert(sizeof to == sizeof from);
    memcpy(&to, &from, sizeof to);
    return to;
}
inline unsigned __float_as_uint(float x) { return bits<unsigned>(x); }
inline int __float_as_int(float x) { return bits<int>(x); }
inline float __uint_as_float(unsigned x) { return bits<float>(x); }
inline float __int_as_float(int x) { return bits<float>(x); }
inline long long __double_as_longlong(double x) { return bits<long long>(x); }
inline double __longlong_as_double(long long x) { return bits<double>(x); }

// Kernels for half precision are compiled along and never run: a number that is wide enough for the compiler.
struct __half {
    float value;
    __half() = default;
    template <class T> __half(T x) : value(float(x)) {}
    operator float() const { return value; }
    __half &operator+=(__half x) { return value += x.value, *this; }
    __half &operator-=(__half x) { return value -= x.value, *this; }
};
#define ARITHMETIC(op)                                                                                                                     \
    inline __half operator op(__half a, __half b) { return a.value op b.value; }
#define COMPARISON(op)                                                                                                                     \
    inline bool operator op(__half a, __half b) { return a.value op b.value; }
ARITHMETIC(+) ARITHMETIC(-) ARITHMETIC(*) ARITHMETIC(/)
COMPARISON(<) COMPARISON(>) COMPARISON(<=) COMPARISON(>=) COMPARISON(==) COMPARISON(!=)
inline __half operator-(__half a) { return -a.value; }
#define OF_HALF(name, function)                                                                                                            \
    inline __half name(__half a) { return function(a.value); }
OF_HALF(hcos, cosf) OF_HALF(hsin, sinf) OF_HALF(hsqrt, sqrtf) OF_HALF(hlog, logf) OF_HALF(hexp, expf) OF_HALF(__habs, fabsf)
inline bool __hisnan(__half a) { return isnan(a.value); }
inline __half __hmax_nan(__half a, __half b) { return fmaxf(a.value, b.value); }
inline __half __hmin_nan(__half a, __half b) { return fminf(a.value, b.value); }
inline float __half2float(__half a) { return a.value; }
inline __half __float2half(float a) { return a; }
inline unsigned short __half_as_ushort(__half) { return 0; }
inline __half __ushort_as_half(unsigned short) { return 0; }

// The kernels by name, called with the addresses of their arguments.
std::map<std::string, std::function<void(void **)>> &kernels();

template <class... A, size_t... I> void unpack(void (*kernel)(A...), void **arguments, std::index_sequence<I...>) {
    kernel(*static_cast<std::remove_cv_t<A> *>(arguments[I])...);
}
template <class... A> void define(const char *name, void (*kernel)(A...)) {
    kernels()[name] = [kernel](void **arguments) { unpack(kernel, arguments, std::index_sequence_for<A...>{}); };
}
