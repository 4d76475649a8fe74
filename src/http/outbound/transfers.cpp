#include "http/outbound/transfers.h"

#include <map>
#include <mutex>
#include <vector>

#include "http/outbound/exchange.h"

namespace sluice::http {
namespace {

// Woken when there is something to do; this is only how long it sleeps without.
constexpr int kSleepMs = 1000;
constexpr long kMostIdle = 32;
constexpr long kMostOfOneHost = 32;

Error shutting_down() {
    return {ErrorKind::ServiceUnavailable, "The server is shutting down."};
}

}  // namespace

struct Transfers::Work {
    struct Waiting {
        std::shared_ptr<Transfer> transfer;
        std::function<void()> done;
    };

    explicit Work(OutboundPolicy outbound) : policy(std::move(outbound)) {
        static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
        multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
        curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, kMostConnections);
        curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, kMostOfOneHost);
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kMostIdle);
    }
    ~Work() { curl_multi_cleanup(multi); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    void run();
    void begin(Waiting waiting);
    void end_finished();
    void end_all();

    const OutboundPolicy policy;
    CURLM* multi = nullptr;
    std::map<CURL*, std::unique_ptr<Exchange>> exchanges;

    std::mutex mutex;
    std::vector<Waiting> waiting;
    bool is_stopped = false;
};

void Transfers::Work::begin(Waiting next) {
    auto exchange =
        std::make_unique<Exchange>(std::move(next.transfer), std::move(next.done), policy);
    if (Status ready = exchange->prepare(); !ready) {
        exchange->fail_with(std::move(ready).error());
        return;
    }
    curl_multi_add_handle(multi, exchange->handle());
    exchanges.emplace(exchange->handle(), std::move(exchange));
}

void Transfers::Work::end_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        CURL* const handle = message->easy_handle;
        const CURLcode code = message->data.result;
        auto ended = exchanges.extract(handle);
        ended.mapped()->finish(code);
        curl_multi_remove_handle(multi, handle);
    }
}

void Transfers::Work::end_all() {
    for (auto& [handle, exchange] : exchanges) {
        exchange->fail_with(shutting_down());
        curl_multi_remove_handle(multi, handle);
    }
    exchanges.clear();
}

void Transfers::Work::run() {
    for (;;) {
        std::vector<Waiting> next;
        {
            const std::lock_guard lock(mutex);
            if (is_stopped) {
                break;
            }
            next.swap(waiting);
        }
        for (Waiting& one : next) {
            begin(std::move(one));
        }
        int running = 0;
        curl_multi_perform(multi, &running);
        end_finished();
        curl_multi_poll(multi, nullptr, 0, kSleepMs, nullptr);
    }
    end_all();
}

Transfers::Transfers(OutboundPolicy policy) : work_(std::make_unique<Work>(std::move(policy))) {
    thread_ = std::thread([this] { work_->run(); });
}

Transfers::~Transfers() {
    stop();
}

const OutboundPolicy& Transfers::policy() const {
    return work_->policy;
}

void Transfers::start(std::shared_ptr<Transfer> transfer, std::function<void()> done) {
    {
        const std::lock_guard lock(work_->mutex);
        if (!work_->is_stopped) {
            work_->waiting.push_back({std::move(transfer), std::move(done)});
            curl_multi_wakeup(work_->multi);
            return;
        }
    }
    transfer->result = fail(shutting_down());
    done();
}

void Transfers::stop() {
    std::vector<Work::Waiting> never_begun;
    {
        const std::lock_guard lock(work_->mutex);
        work_->is_stopped = true;
        never_begun.swap(work_->waiting);
    }
    curl_multi_wakeup(work_->multi);
    if (thread_.joinable()) {
        thread_.join();
    }
    for (Work::Waiting& one : never_begun) {
        one.transfer->result = fail(shutting_down());
        one.done();
    }
}

}  // namespace sluice::http
