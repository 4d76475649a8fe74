#include "core/event.h"

namespace sluice {

std::string_view name_of(Stage stage) {
    switch (stage) {
        case Stage::PreProcess:
            return "pre_process";
        case Stage::PostProcess:
            return "post_process";
        case Stage::Queued:
            return "queued";
        case Stage::Service:
            return "api";
        case Stage::Final:
            return "";
    }
    return "";
}

}  // namespace sluice
