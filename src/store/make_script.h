#pragma once
/// Scripts as the hosts need them, from what was configured.

#include <string>
#include <string_view>

#include "core/event.h"
#include "store/rows.h"

namespace sluice::store {

/// The one value of `isolation` besides none.
inline constexpr std::string_view kStrict = "strict";

/// Shape: `limits_json` is an object as in docs/reference/configuration.md, or anything else for
///        the instance's defaults; `isolation` is kStrict or empty.
ScriptRef make_script(std::string name,
                      std::string engine,
                      std::string text,
                      const std::string& limits_json,
                      const std::string& isolation,
                      bool allows_modification);

ScriptRef script_of(const EventScriptRow& row);

}  // namespace sluice::store
