#include "services/sql/batch.h"

#include "services/batch_error.h"

namespace sluice::services::sql {

std::string Batch::joined() const {
    std::string list = "[";
    for (const Entry& entry : entries_) {
        if (entry.json.empty()) {
            continue;
        }
        if (list.size() > 1) {
            list.push_back(',');
        }
        list.append(entry.json);
    }
    list.push_back(']');
    return list;
}

std::string Batch::to_json() const {
    return "{\"resource\":" + joined() + "}";
}

Error Batch::to_error(std::string_view done, bool is_rolled_back) const {
    std::string failed = "[";
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].is_error) {
            failed += (failed.size() == 1 ? "" : ",") + std::to_string(i);
        }
    }
    return batch_error(done, is_rolled_back, failed + "]", joined()).with_detail(refused_);
}

}  // namespace sluice::services::sql
