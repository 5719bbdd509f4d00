// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.assertj;

import dev.fairlead.junit.TestPod;
import org.assertj.core.api.AbstractObjectAssert;

/** Assertions about a pod as it is now. */
public final class TestPodAssert extends AbstractObjectAssert<TestPodAssert, TestPod> {
    TestPodAssert(TestPod pod) {
        super(pod, TestPodAssert.class);
    }

    /** It is ready. */
    public TestPodAssert isReady() {
        isNotNull();
        if (!actual.isReady()) {
            failWithMessage("expected %s to be ready, its log is:%n%s", actual, actual.logs());
        }
        return this;
    }

    /** It is not ready. */
    public TestPodAssert isNotReady() {
        isNotNull();
        if (actual.isReady()) {
            failWithMessage("expected %s not to be ready", actual);
        }
        return this;
    }

    /** Its log has such a line in it. */
    public TestPodAssert hasLogged(String text) {
        isNotNull();
        String logs = actual.logs();
        if (!logs.contains(text)) {
            failWithMessage("expected \"%s\" in the log of %s, which is:%n%s", text, actual, logs);
        }
        return this;
    }
}
