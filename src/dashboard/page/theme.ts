import { useEffect, useState } from 'preact/hooks';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'vae-sweep-theme';

/** Returns the chosen theme, and whether the page is currently dark. */
export function useTheme(): { theme: Theme; isDark: boolean; setTheme: (theme: Theme) => void } {
  const [theme, setTheme] = useState<Theme>(stored);
  const [isSystemDark, setSystemDark] = useState(systemTheme().matches);
  useEffect(() => {
    const query = systemTheme();
    const follow = (): void => {
      setSystemDark(query.matches);
    };
    query.addEventListener('change', follow);
    return () => {
      query.removeEventListener('change', follow);
    };
  }, []);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(KEY, theme);
  }, [theme]);
  return { theme, isDark: theme === 'auto' ? isSystemDark : theme === 'dark', setTheme };
}

function stored(): Theme {
  const text = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === text) ?? 'auto';
}

function systemTheme(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)');
}
