#pragma once
/// Which numbers may be the status of an answer.

namespace sluice {

/// A status that may end an exchange: 1xx does not.
constexpr bool is_final_status(auto status) {
    return status >= 200 && status <= 599;
}

}  // namespace sluice
