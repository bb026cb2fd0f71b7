//! A cache that forgets the oldest.

pub mod keys;

pub struct Cache {
    limit: usize,
    order: Vec<String>,
}

impl Cache {
    pub fn new(limit: usize) -> Self {
        Cache { limit, order: Vec::new() }
    }

    pub fn put(&mut self, key: &str) {
        self.order.push(keys::clean(key));
        while self.len() > self.limit {
            self.evict();
        }
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    fn evict(&mut self) -> String {
        self.order.remove(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(keys: &[&str]) -> Cache {
        let mut cache = Cache::new(2);
        for key in keys {
            cache.put(key);
        }
        cache
    }

    #[test]
    fn evicts_the_oldest() {
        let mut cache = filled(&["a", "b", "c"]);
        let gone = cache.evict();
        assert_eq!(gone, "b");
        check(cache.len(), 1);
    }

    #[test]
    fn cleans() {
        assert_eq!(keys::clean(" A"), "a");
    }

    fn check(got: usize, want: usize) {
        assert_eq!(got, want);
    }
}
