// A model that cannot predict is refused by the name of the concept that it fails.
// expect: classifier
// expect: predict
#include <cstddef>
#include <string>

#include "mll/model/hub.hpp"

struct mute_model {
  using sample_type = int;
  std::size_t head_count() const { return 1; }
  std::string head_name(std::size_t) const { return "only"; }
};

int main() {
  mll::hub<int> hub;
  hub.add("mute", mute_model{});
}
