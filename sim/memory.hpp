#pragma once

namespace hearth::sim {

/// Makes this process keep the memory that it frees. Simulated disks free blocks of megabytes and
/// ask for others all the time; from the kernel each is mapped and cleared anew, page by page,
/// which was a quarter of a run's time. Call it first thing in `main`.
void keep_freed_memory();

}  // namespace hearth::sim
