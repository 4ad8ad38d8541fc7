#include "actors/runtime/caf_protocol.hpp"
