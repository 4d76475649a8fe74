#include "store/event_names.h"

namespace sluice::store {

EventNameParts split_event_name(std::string_view name) {
    for (const Stage stage : {Stage::PreProcess, Stage::PostProcess, Stage::Queued}) {
        const std::string_view suffix = name_of(stage);
        if (name.size() > suffix.size() + 1 && name.ends_with(suffix) &&
            name[name.size() - suffix.size() - 1] == '.') {
            return {name.substr(0, name.size() - suffix.size() - 1), stage};
        }
    }
    return {name, Stage::Final};
}

}  // namespace sluice::store
