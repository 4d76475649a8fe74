#include "services/sql/batch.h"

#include "services/batch_error.h"

namespace sluice::services::sql {

void Batch::append(std::string_view json) {
    ++count_;
    if (json.empty()) {
        return;
    }
    if (text_.back() != '[') {
        text_.push_back(',');
    }
    text_.append(json);
}

void Batch::add(std::string_view json) {
    append(json);
}

void Batch::add(const Error& error) {
    failed_.append(failed_.empty() ? "" : ",").append(std::to_string(count_));
    append(error.to_inner_json());
    if (error.kind() == ErrorKind::Internal && refused_.empty()) {
        refused_ = error.detail();
    }
}

Error Batch::to_error(std::string_view done, bool is_rolled_back) const {
    const std::string_view list = std::string_view(text_).substr(text_.find('['));
    return batch_error(done, is_rolled_back, "[" + failed_ + "]", std::string(list) + "]")
        .with_detail(refused_);
}

}  // namespace sluice::services::sql
