#include "services/sql/related/nested_scripts.h"

#include <algorithm>
#include <array>

namespace sluice::services::sql {

bool has_scripts(const Backend& backend, const Call& caller, const Table& table, Verb verb) {
    if (backend.store == nullptr) {
        return false;
    }
    const store::SnapshotRef snapshot = backend.store->snapshot();
    const std::string start = caller.target.service + "._table.";
    const std::string end = "." + std::string(lower_name_of(verb));
    const std::array names{start + "{table_name}" + end, start + table.name + end};
    return std::ranges::any_of(names, [&](const std::string& name) {
        return snapshot->find_attachments(name) != nullptr;
    });
}

Error would_pass_scripts_by(const Table& table, Verb verb) {
    return {ErrorKind::NotImplemented,
            "Records of table '" + table.name +
                "' cannot be written inside of others: the scripts of " +
                std::string(name_of(verb)) +
                " there could not be told which, since it has no primary key. Nothing was "
                "written."};
}

}  // namespace sluice::services::sql
