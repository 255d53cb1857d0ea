package dev.backingservice.engine;

import dev.backingservice.model.Identity;
import dev.backingservice.model.Standing;

/// Who answers, and what it holds for one service.
public record Sight(Identity identity, Standing standing) {}
