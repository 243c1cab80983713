// Two units that include everything: a function that should be inline and is not breaks the link.
#include "mll/mll.hpp"

int second_unit();

int main() {
  const mll::hub<int> hub;
  return hub.empty() ? second_unit() : 1;
}
