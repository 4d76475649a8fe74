#pragma once
/// Takes away from this process what a script that broke out of V8 could use.

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::sandbox {

/// For the rest of the life of this process and of all its threads: no new privileges, resource
/// limits, and a list of the few system calls that running scripts needs.
///
/// Shape:  the names of the measures in force, for the hello frame: "no_new_privs", "rlimits",
/// "seccomp". Units:  `memory_bytes` is the limit of one script; the process gets as much again and
/// a fixed reserve. Errors: a measure that the kernel refuses is under `refused`: no script may run
/// then. Source: which calls V8 needs late was found by running under a filter that kills.
struct Confinement {
    std::vector<std::string> in_force;
    std::vector<std::string> refused;
};
Confinement confine(std::int64_t memory_bytes, bool has_jit);

}  // namespace sluice::sandbox
