#pragma once
#include <cblas.h>

// The LAPACK routines in use; Debian's OpenBLAS exports them, but ships no header for them.
void dposv_(const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b,
            const int *ldb, int *info);
