#include "services/batch_error.h"

namespace sluice::services {

Error batch_error(std::string_view done,
                  bool is_rolled_back,
                  const std::string& failed,
                  const std::string& resources) {
    std::string message =
        "Batch Error: Not all requested records could be " + std::string(done) + ".";
    message.append(is_rolled_back ? " All changes rolled back." : "");
    return Error(ErrorKind::Batch, std::move(message))
        .with_context("{\"error\":" + failed + ",\"resource\":" + resources + "}");
}

Error no_records() {
    return {ErrorKind::BadRequest,
            "No record(s) detected in request. Please make sure record(s) are wrapped in a "
            "'resource' tag. Example: {\"resource\":[{\"record\":1},{\"record\":2}]}"};
}

}  // namespace sluice::services
