#include "origin.h"

#include <bit>

namespace sluice::php {

namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kMostIdleSlots = 4096;  // beyond this, memory goes back between runs

std::size_t hash_of(std::uint64_t key) {
    // Addresses of zend_array differ from bit 3 on; the multiplier spreads them.
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15ULL) >> 17U);
}

}  // namespace

void Origins::add(const void* array, const Source& source) {
    if ((used_ + 1) * 2 > slots_.size()) {
        grow();
    }
    const auto key = reinterpret_cast<std::uintptr_t>(array);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of(key) & mask;
    while (slots_[at].key != 0 && slots_[at].key != key) {
        at = (at + 1) & mask;
    }
    used_ += slots_[at].key == 0 ? 1U : 0U;
    slots_[at] = {key, source};
}

const Source* Origins::find(const void* array) const {
    if (used_ == 0) {
        return nullptr;
    }
    const auto key = reinterpret_cast<std::uintptr_t>(array);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash_of(key) & mask; slots_[at].key != 0; at = (at + 1) & mask) {
        if (slots_[at].key == key) {
            return &slots_[at].source;
        }
    }
    return nullptr;
}

void Origins::grow() {
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.key == 0) {
            continue;
        }
        std::size_t at = hash_of(slot.key) & mask;
        while (slots_[at].key != 0) {
            at = (at + 1) & mask;
        }
        slots_[at] = slot;
    }
}

void Origins::add_number(double value, std::string_view text) {
    numbers_.emplace(std::bit_cast<std::uint64_t>(value), text);
}

std::optional<std::string_view> Origins::find_number(double value) const {
    const auto found = numbers_.find(std::bit_cast<std::uint64_t>(value));
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

void Origins::clear() {
    if (slots_.size() > kMostIdleSlots) {
        slots_ = {};
    } else if (used_ != 0) {
        slots_.assign(slots_.size(), Slot{});
    }
    used_ = 0;
    numbers_.clear();
}

}  // namespace sluice::php
