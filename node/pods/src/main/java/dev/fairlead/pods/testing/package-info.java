/** What tests of pods need: {@link dev.fairlead.pods.testing.FakePodApi}, an API that knows nothing but pods. */
package dev.fairlead.pods.testing;
