#include "mll/mll.hpp"

int second_unit();

int second_unit() {
  const mll::hub<int> hub;
  return static_cast<int>(hub.size());
}
