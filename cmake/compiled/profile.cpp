#include "mll/profile/detail/profile.ipp"
#include "mll/profile/detail/graph_regressors.ipp"
#include "mll/profile/detail/hub_profile.ipp"
