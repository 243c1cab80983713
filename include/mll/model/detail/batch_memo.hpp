// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <typeinfo>
#include <utility>
#include <vector>

namespace mll::detail {

/// What models make of the samples of a batch, kept while several models run on it: experts that resize
/// images alike do so once.
///
/// A sample is known by its place in the memory of the batch, so that what a model makes of copies, crops or
/// images of its own is never taken for that of a sample. The samples must not change while the memo exists.
///
/// Threads: models may run on the batch concurrently. No thread waits for another: threads that need the
/// same values divide the work, and of a value that another thread has begun and not finished when everything
/// else is done, they make their own.
///
/// @code
/// mll::detail::batch_memo memo{batch, mll::detail::batch_memo::default_bytes};
/// const mll::detail::batch_memo::use shared{memo};  // in each thread that runs models on the batch
/// for (const auto* each : {&model, &bird_expert}) each->predict(batch, scores);
/// @endcode
class batch_memo {
 public:
  /// As many as 800 images of 224 x 224 pixels in one preparation.
  static constexpr std::size_t default_bytes = std::size_t{128} << 20U;

  /// @param[in] batch     outlives the memo
  /// @param[in] max_bytes of the values that are kept; what is made after that is not
  template <class Sample>
  batch_memo(std::span<const Sample> batch, std::size_t max_bytes)
      : first_{batch.data()}, size_{batch.size()}, type_{&typeid(Sample)}, max_bytes_{max_bytes} {}

  /// Makes a memo that of the calling thread until it is destroyed.
  class use {
   public:
    explicit use(batch_memo& memo) noexcept : before_{std::exchange(current(), &memo)} {}
    ~use() { current() = before_; }
    use(const use&) = delete;
    use& operator=(const use&) = delete;

   private:
    batch_memo* before_;
  };

  /// A value for each sample: kept ones, where the samples are a part of the batch of this thread's memo;
  /// else all are made.
  /// @param[in] key   what is made, besides its type: equal keys of a type give equal values
  /// @param[in] make  `(i) -> Value`, for `samples[i]`; throws for all samples or for none
  /// @param[in] bytes `(value, i)`: its memory; 0: it is not kept, because it costs nothing to make
  /// @param[in] store `(value) -> Value`: the form in which a value is kept
  /// Complexity: beyond `make`, a lock and a copy of the value per sample.
  template <class Value, class Key, class Sample, class Make, class Bytes, class Store = std::identity>
  [[nodiscard]] static std::vector<Value> values(const Key& key, std::span<const Sample> samples,
                                                 const Make& make, const Bytes& bytes,
                                                 const Store& store = {}) {
    std::vector<Value> out(samples.size());
    batch_memo* memo = current();
    const auto first = memo == nullptr ? std::nullopt : memo->position(samples);
    if (!first) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = make(i);
      return out;
    }
    auto& places = memo->template places_of<Value>(key);
    std::vector<std::size_t> taken;  // by other threads
    for (std::size_t i = 0; i < out.size(); ++i) {
      switch (memo->take(places[*first + i], out[i])) {
        case state::made:
          break;
        case state::taken:
          taken.push_back(i);
          break;
        case state::unmade:
          out[i] = make(i);
          if (memo->reserve(bytes(out[i], i))) memo->keep(places[*first + i], store(out[i]));
      }
    }
    for (const std::size_t i : taken) {
      if (memo->take(places[*first + i], out[i]) != state::made) out[i] = make(i);
    }
    return out;
  }

 private:
  enum class state { unmade, taken, made };
  template <class Value>
  struct place {
    Value value = {};
    state at = state::unmade;
  };
  struct table {
    virtual ~table() = default;
  };
  template <class Key, class Value>
  struct table_of final : table {
    table_of(Key k, std::size_t size) : key{std::move(k)}, places(size) {}
    Key key;
    std::vector<place<Value>> places;  // one per sample
  };

  static batch_memo*& current() noexcept {
    thread_local batch_memo* out = nullptr;
    return out;
  }

  /// The position of the first of some samples in the batch, if they are a part of it.
  template <class Sample>
  [[nodiscard]] std::optional<std::size_t> position(std::span<const Sample> samples) const {
    const auto* first = static_cast<const Sample*>(*type_ == typeid(Sample) ? first_ : nullptr);
    const std::less<> before;
    if (first == nullptr || before(samples.data(), first) ||
        before(first + size_, samples.data() + samples.size())) {
      return std::nullopt;
    }
    return static_cast<std::size_t>(samples.data() - first);
  }

  template <class Value, class Key>
  std::vector<place<Value>>& places_of(const Key& key) {
    const std::scoped_lock lock{guard_};
    for (const auto& each : tables_) {
      auto* found = dynamic_cast<table_of<Key, Value>*>(each.get());
      if (found != nullptr && found->key == key) return found->places;
    }
    auto added = std::make_unique<table_of<Key, Value>>(key, size_);
    auto& out = added->places;
    tables_.push_back(std::move(added));
    return out;
  }

  /// Copies a value that is there; marks one that nobody has begun. Returns what it was.
  template <class Value>
  state take(place<Value>& from, Value& out) {
    const std::scoped_lock lock{guard_};
    if (from.at == state::made) out = from.value;
    return from.at == state::unmade ? std::exchange(from.at, state::taken) : from.at;
  }
  /// Whether there is room for a value. If not, its place stays taken: others make their own.
  bool reserve(std::size_t bytes) {
    const std::scoped_lock lock{guard_};
    if (bytes == 0 || bytes > max_bytes_ - bytes_) return false;
    bytes_ += bytes;
    return true;
  }
  template <class Value>
  void keep(place<Value>& in, Value value) {
    const std::scoped_lock lock{guard_};
    in = {std::move(value), state::made};
  }

  const void* first_;
  std::size_t size_;
  const std::type_info* type_;
  std::size_t max_bytes_;
  std::mutex guard_;
  std::size_t bytes_ = 0;                       // under guard_, of the values that are kept
  std::vector<std::unique_ptr<table>> tables_;  // under guard_, one per key
};

}  // namespace mll::detail
