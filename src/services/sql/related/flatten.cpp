#include "services/sql/related/flatten.h"

#include <unordered_map>
#include <unordered_set>

#include "core/json_reader.h"

namespace sluice::services::sql {
namespace {

using Members = std::unordered_map<std::string, std::string_view>;

/// Calls `work` for each member of an object, in order.
template <typename Work>
void for_each_member(std::string_view object, Work work) {
    std::string name;
    JsonReader reader(object);
    reader.open();
    while (reader.next_key(name)) {
        const std::string_view value = reader.raw();
        work(name, value);
    }
}

/// The names that all records have together, in the order in which they are first seen.
std::vector<std::string> names_in(const std::vector<std::string>& records) {
    std::vector<std::string> names;
    std::unordered_set<std::string> seen;
    for (const std::string& record : records) {
        if (!record.empty()) {
            for_each_member(record, [&](const std::string& name, std::string_view) {
                if (seen.insert(name).second) {
                    names.push_back(name);
                }
            });
        }
    }
    return names;
}

}  // namespace

bool flatten(const Relation& relation,
             const std::vector<std::string>& records,
             std::vector<KeyedRows::Row>& rows,
             std::size_t room) {
    const std::vector<std::string> names = names_in(records);
    if (names.empty()) {
        return true;
    }
    // Rows of one answer have the same members.
    std::unordered_set<std::string> own;
    const std::string first = rows.front().closed();
    for_each_member(first, [&own](const std::string& name, std::string_view) { own.insert(name); });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Members members;
        if (!records[i].empty()) {
            for_each_member(records[i],
                            [&members](const std::string& name, std::string_view value) {
                                members[name] = value;
                            });
        }
        for (const std::string& name : names) {
            const std::string shown = relation.drops_prefix ? name : relation.shown() + "." + name;
            const auto member = members.find(name);
            if (!own.contains(shown)) {
                const std::string_view value = member == members.end() ? "null" : member->second;
                const std::size_t bytes = shown.size() + value.size();
                if (bytes > room) {
                    return false;
                }
                room -= bytes;
                rows[i].add(shown, value);
            }
        }
    }
    return true;
}

}  // namespace sluice::services::sql
