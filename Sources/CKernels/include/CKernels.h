// SIMD kernels with run-time dispatch. Nothing here allocates except the packing sizes it reports; callers own every buffer.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "processor.h"
#include "dot.h"
#include "linear.h"
#include "transformer.h"
#include "team.h"

#endif
