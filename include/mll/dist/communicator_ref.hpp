// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "mll/dist/communicator.hpp"
#include "mll/dist/pieces.hpp"

namespace mll::dist {

/// A reference to a communicator of any type, itself a communicator. What takes one is compiled once.
///
/// A view: the communicator must outlive it.
class communicator_ref {
 public:
  template <class C>
    requires(!std::same_as<C, communicator_ref> && communicator<C>)
  communicator_ref(C& to) noexcept  // NOLINT(google-explicit-constructor): a view, as std::span is
      : to_{std::addressof(to)}, calls_{&calls_of<C>} {}

  [[nodiscard]] std::size_t rank() const { return calls_->rank(to_); }
  [[nodiscard]] std::size_t size() const { return calls_->size(to_); }
  [[nodiscard]] pieces all_gather(std::span<const std::byte> piece) const {
    return calls_->all_gather(to_, piece);
  }
  [[nodiscard]] pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) const {
    return calls_->all_to_all(to_, outgoing);
  }
  void broadcast(std::vector<std::byte>& bytes, std::size_t root) const {
    calls_->broadcast(to_, bytes, root);
  }
  void barrier() const { calls_->barrier(to_); }

 private:
  struct calls {
    std::size_t (*rank)(void*);
    std::size_t (*size)(void*);
    pieces (*all_gather)(void*, std::span<const std::byte>);
    pieces (*all_to_all)(void*, std::span<const std::vector<std::byte>>);
    void (*broadcast)(void*, std::vector<std::byte>&, std::size_t);
    void (*barrier)(void*);
  };
  template <class C>
  static constexpr calls calls_of{
      [](void* c) { return static_cast<std::size_t>(static_cast<const C*>(c)->rank()); },
      [](void* c) { return static_cast<std::size_t>(static_cast<const C*>(c)->size()); },
      [](void* c, std::span<const std::byte> piece) {
        return static_cast<pieces>(static_cast<C*>(c)->all_gather(piece));
      },
      [](void* c, std::span<const std::vector<std::byte>> outgoing) {
        return static_cast<pieces>(static_cast<C*>(c)->all_to_all(outgoing));
      },
      [](void* c, std::vector<std::byte>& bytes, std::size_t root) {
        static_cast<C*>(c)->broadcast(bytes, root);
      },
      [](void* c) { static_cast<C*>(c)->barrier(); }};

  void* to_;
  const calls* calls_;
};

static_assert(communicator<communicator_ref>);

}  // namespace mll::dist
