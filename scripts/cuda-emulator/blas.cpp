// An emulated libcublas: column-major products by plain loops, whose operands are held to the allocations that they lie in.
#include "report.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum { CUBLAS_STATUS_INVALID_VALUE = 7, CUBLAS_STATUS_NOT_SUPPORTED = 15 };

// An operand as cuBLAS sees it: so many numbers in each of so many columns, `ld` apart.
struct Operand {
    const char *name;
    const void *address;
    long rows, columns, ld;

    bool lies_within(size_t size) const {
        return rows == 0 || columns == 0 || bytes_left(address) >= long(size) * (ld * (columns - 1) + rows);
    }
};

template <class T>
int multiply(const char *name, int ta, int tb, int m, int n, int k, const T *alpha, const T *a, int lda, const T *b, int ldb, const T *beta, T *c,
             int ldc) {
    if (int code = called(name)) return code;
    Operand operands[] = {
        {"A", a, ta ? k : m, ta ? m : k, lda},
        {"B", b, tb ? n : k, tb ? k : n, ldb},
        {"C", c, m, n, ldc},
    };
    for (auto &operand : operands) {
        if (operand.ld < operand.rows || operand.ld < 1) return failed(name, CUBLAS_STATUS_INVALID_VALUE, "a leading dimension is too small");
        if (!operand.lies_within(sizeof(T))) {
            char what[200];
            snprintf(what, sizeof what, "%s of %s, %ld × %ld numbers %ld apart, of which %ld bytes are allocated", operand.name, name, operand.rows,
                     operand.columns, operand.ld, bytes_left(operand.address));
            out_of_bounds(what);
            return CUBLAS_STATUS_INVALID_VALUE;
        }
    }
    for (long j = 0; j < n; j++) {
        for (long i = 0; i < m; i++) {
            T sum = 0;
            for (long l = 0; l < k; l++) sum += (ta ? a[l + i * lda] : a[i + l * lda]) * (tb ? b[j + l * ldb] : b[l + j * ldb]);
            T &to = c[i + j * ldc];
            to = *beta == 0 ? *alpha * sum : *alpha * sum + *beta * to;
        }
    }
    return 0;
}

} // namespace

#define UNSUPPORTED(name)                                                                                                                  \
    int name() { return failed(#name, CUBLAS_STATUS_NOT_SUPPORTED, "not emulated"); }

extern "C" {

int cublasCreate_v2(void **handle) {
    static int one;
    *handle = &one;
    const char *workspace = getenv("CUBLAS_WORKSPACE_CONFIG");
    if (!workspace || (strcmp(workspace, ":4096:8") != 0 && strcmp(workspace, ":16:8") != 0)) {
        undefined_order("cublasCreate_v2-without-CUBLAS_WORKSPACE_CONFIG");
    }
    return called("cublasCreate_v2");
}
int cublasGetProperty(int which, int *value) { return *value = which == 0 ? 13 : 0, called("cublasGetProperty"); }
const char *cublasGetStatusName(int code) { return code == 8 ? "CUBLAS_STATUS_ARCH_MISMATCH" : ""; }
int cublasDestroy_v2(void *) { return called("cublasDestroy_v2"); }
int cublasSetStream_v2(void *, void *stream) {
    if (stream) undefined_order("products-on-a-second-stream");
    return called("cublasSetStream_v2");
}
int cublasSgemm_v2(void *, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda, const float *b, int ldb,
                   const float *beta, float *c, int ldc) {
    return multiply("cublasSgemm_v2", ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
int cublasDgemm_v2(void *, int ta, int tb, int m, int n, int k, const double *alpha, const double *a, int lda, const double *b, int ldb,
                   const double *beta, double *c, int ldc) {
    return multiply("cublasDgemm_v2", ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
UNSUPPORTED(cublasSgemv_v2)
UNSUPPORTED(cublasDgemv_v2)
UNSUPPORTED(cublasGemmEx)
UNSUPPORTED(cublasSgemmStridedBatched)
UNSUPPORTED(cublasDgemmStridedBatched)
UNSUPPORTED(cublasGemmStridedBatchedEx)

} // extern "C"
