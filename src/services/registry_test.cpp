#include "services/registry.h"

#include <gtest/gtest.h>

namespace sluice::services {
namespace {

class Nothing final : public Service {
public:
    Task<Result<Response>> handle(const Call&) override { co_return Response{}; }
    const Description& describe() const override { return description_; }

private:
    Description description_;
};

class RegistryTest : public ::testing::Test {
public:
    ~RegistryTest() override = default;

protected:
    RegistryTest() {
        Connector connector;
        connector.type.name = "nothing";
        connector.make = [](const store::ServiceRow& row) -> Result<ServiceRef> {
            if (row.config == "faulty") {
                return fail(ErrorKind::BadRequest, "No good.");
            }
            return std::make_shared<Nothing>();
        };
        registry_ = std::make_unique<Registry>(std::vector{connector});
    }

    /// A configuration with the service `x` alone.
    static store::Snapshot with(std::string config, bool is_active = true) {
        store::ServiceRow row;
        row.id = 7;
        row.name = "x";
        row.type = "nothing";
        row.config = std::move(config);
        row.is_active = is_active;
        store::Snapshot snapshot;
        snapshot.services_by_name.emplace("x", std::make_shared<const store::ServiceRow>(row));
        return snapshot;
    }

    /// The service `x`, held by the registry alone.
    std::weak_ptr<Service> found(const store::Snapshot& snapshot) {
        const auto service = registry_->find(snapshot, "x");
        return service ? *service : nullptr;
    }

    std::unique_ptr<Registry> registry_;
};

TEST_F(RegistryTest, FaultyConfigurationIsNotTheCallersFault) {
    const auto found = registry_->find(with("faulty"), "x");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().status(), 500);
    EXPECT_EQ(found.error().message(), "No good.");
}

TEST_F(RegistryTest, KeepsAServiceWhoseRowMakesTheSame) {
    const auto first = found(with("{}"));
    registry_->follow(with("{}"));
    ASSERT_FALSE(first.expired());
    EXPECT_EQ(found(with("{}")).lock(), first.lock());
}

TEST_F(RegistryTest, LetsGoOfWhatIsGoneChangedOrInactive) {
    for (const store::Snapshot& next :
         {store::Snapshot{}, with(R"({"database":"other"})"), with("{}", false)}) {
        const auto service = found(with("{}"));
        ASSERT_FALSE(service.expired());
        registry_->follow(next);
        EXPECT_TRUE(service.expired());
    }
}

TEST_F(RegistryTest, RunningCallsKeepTheirService) {
    const store::Snapshot snapshot = with("{}");
    const auto held = registry_->find(snapshot, "x");
    ASSERT_TRUE(held);
    registry_->follow(store::Snapshot{});
    EXPECT_EQ(held->use_count(), 1);
}

TEST_F(RegistryTest, NamesWhatItDoesNotHave) {
    EXPECT_EQ(registry_->find(with("{}"), "y").error().kind(), ErrorKind::NotFound);
    EXPECT_EQ(registry_->find(with("{}", false), "x").error().kind(), ErrorKind::Forbidden);
    Registry none({});
    EXPECT_EQ(none.find(with("{}"), "x").error().kind(), ErrorKind::NotImplemented);
}

}  // namespace
}  // namespace sluice::services
