#include "actors/runtime/step.hpp"
