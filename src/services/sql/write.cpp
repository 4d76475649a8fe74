#include "services/sql/write.h"

namespace sluice::services::sql {
namespace {

Error outside_of_role() {
    return {ErrorKind::Forbidden,
            "The record is outside of what your role may write in this table, or one with the "
            "same key exists already."};
}

}  // namespace

Error told(const Write& write, Error error) {
    if (!write.returns_permission || error.kind() != ErrorKind::Conflict) {
        return error;
    }
    return outside_of_role().with_detail(error.message() + " " + error.detail());
}

Error about_references(const Write& write, Error error) {
    if (write.references.empty()) {
        return error;
    }
    std::string message = "Field '" + write.references.front();
    if (write.references.size() == 1) {
        message += "' refers to a record that does not exist.";
    } else {
        message = "One of the fields";
        for (const std::string& field : write.references) {
            message.append(&field == write.references.data() ? " '" : ", '").append(field) += "'";
        }
        message += " refers to a record that does not exist.";
    }
    return Error(error.kind(), std::move(message)).with_detail(error.detail());
}

Written judge(const Write& write, JsonRows& rows) {
    if (touched_nothing(rows) && write.identifier) {
        return fail(ErrorKind::NotFound,
                    "Record with identifier '" + *write.identifier + "' not found.");
    }
    if (write.returns_permission && !rows.all_permitted()) {
        return fail(outside_of_role());
    }
    const std::size_t count = rows.count();
    return WrittenRows{rows.take(), count};
}

}  // namespace sluice::services::sql
