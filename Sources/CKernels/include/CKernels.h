// SIMD kernels with run-time dispatch. Kernels do not allocate: callers own every buffer; only a team has memory and threads of its own.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "processor.h"
#include "dot.h"
#include "linear.h"
#include "transformer.h"
#include "training.h"
#include "products.h"
#include "team.h"

#endif
