// Runs before the first paint, so that neither theme nor language flashes. A classic script in its own
// file, because the content security policy allows no inline script. Keys: see src/app/preferences.ts.
;(function () {
  var theme = null
  var language = null
  try {
    theme = localStorage.getItem('medward.theme')
    language = localStorage.getItem('medward.language')
  } catch (refused) {
    void refused // storage can be forbidden; then the system's theme is used
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }
  document.documentElement.setAttribute('data-theme', theme)
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
})()
