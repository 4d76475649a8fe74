#include "services/service_type.h"

namespace sluice::services {

json::object config_field(std::string_view name,
                          std::string_view label,
                          std::string_view type,
                          std::string_view description,
                          bool is_required,
                          json::value fallback) {
    return {{"name", name},
            {"label", label},
            {"type", type},
            {"description", description},
            {"required", is_required},
            {"allow_null", !is_required},
            {"default", std::move(fallback)}};
}

}  // namespace sluice::services
